import { status } from '@grpc/grpc-js';
import type { PaymentChannel } from '@reservations/core/grpc';
import { context } from '../world/context.ts';
import { type Evidence, type Send, touch } from '../evidence/evidence.ts';
import { type CallDeps, createProcessFaults, never } from '../faults/process-faults.ts';
import type { SimProcess } from '../world/process.ts';
import { type AttemptSignal, type PaymentMessage, wasUnsent } from './payment-message.ts';
import type { SimPaymentService } from './payment-service.ts';

/** Bounds of a one-way delay of the network, and of a duplicate's delay. */
const NETWORK_MS = { min: 1, max: 60 };
const DUPLICATE_MS = { min: 0, max: 20_000 };

/** Bounds of the time for which connections are refused. */
const CLOSED_MS = { min: 100, max: 8_000 };

/** Details of grpc-js's own errors, verbatim. */
const REFUSED_TEXT =
  'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.7:50051. Resolution note: ';
const DEADLINE_TEXT = 'Deadline exceeded after 5.000s,LB pick: 0.002s,remote_addr=10.0.0.7:50051';
const BLACK_HOLE_TEXT = 'Deadline exceeded after 5.001s,Waiting for LB pick';

/** The fate of a call before it reaches the service. */
type Route = 'refused' | 'stream-refused' | 'black-hole' | 'sent';

/** Builds a process's channel to the payment service, over a network with the failures that grpc-js reports. */
export function createPaymentChannel(
  service: SimPaymentService,
  process: SimProcess,
  evidence: Evidence,
  deps: CallDeps & { readonly mayDuplicate: boolean },
): PaymentChannel {
  const { world, random } = deps;
  const processFaults = createProcessFaults(process, deps);
  const chooseRoute = createRoutes(deps);
  let closed = false;

  function attempt(message: PaymentMessage, timeoutMs: number, signal: AbortSignal): Promise<AttemptSignal> {
    const recordEnd = recordSend(message, process, evidence, deps);
    const route = chooseRoute();
    const fate = { handedOver: route === 'sent' || route === 'stream-refused' };
    return new Promise((resolve) => {
      let isOver = false;
      /** Reports the end of the attempt to the process; of several ends the first counts. */
      const end = (ended: AttemptSignal): void => {
        if (isOver) return;
        isOver = true;
        recordEnd(ended);
        deadline.cancel();
        signal.removeEventListener('abort', abort);
        processFaults.freeze(deps.faults().freezeAfterCall, 'after an attempt', message.reservation_id);
        world.after(0, process, () => resolve(ended));
      };
      const abort = (): void => end(error(status.CANCELLED, 'Cancelled on client', { ...fate, cancelledByUs: true }));
      signal.addEventListener('abort', abort);
      const text = fate.handedOver ? DEADLINE_TEXT : BLACK_HOLE_TEXT;
      const deadline = world.after(timeoutMs, null, () => end(error(status.DEADLINE_EXCEEDED, text, fate)));
      if (route === 'refused') {
        world.after(random.integer(0, 5), null, () => end(error(status.UNAVAILABLE, REFUSED_TEXT, fate)));
      }
      if (route === 'stream-refused') world.after(random.integer(0, 5), null, () => end({ kind: 'stream-refused' }));
      if (route === 'sent') travel(message, service, deps, end);
    });
  }

  return {
    send(request, timeoutMs, signal) {
      if (closed || signal.aborted) return Promise.resolve({ kind: 'withheld' });
      const message: PaymentMessage = {
        reservation_id: request.reservation_id as `RES-${string}`,
        user_id: request.user_id ?? '',
        amount: Number(request.amount ?? 0),
        currency: request.currency ?? '',
      };
      const { crashBeforeCall, crashAfterCall } = deps.faults();
      if (processFaults.crash(crashBeforeCall, 'before a send', message.reservation_id)) return never();
      const ended = attempt(message, timeoutMs, signal);
      return processFaults.crash(crashAfterCall, 'after a send', message.reservation_id) ? never() : ended;
    },
    close() {
      closed = true;
    },
  };
}

/** Records the start of a send. Returns a function that records its end. */
function recordSend(
  { reservation_id: id }: PaymentMessage,
  process: SimProcess,
  evidence: Evidence,
  { world, history, counters }: CallDeps,
): (ended: AttemptSignal) => void {
  const charge = context.getStore()?.charge ?? null;
  const send: Send = {
    process,
    chargeRun: charge?.number ?? 0,
    startedAt: world.now(),
    endedAt: null,
    neverSent: false,
    wasStopping: process.stoppingSince !== null,
    wasAborted: charge?.isAborted() ?? false,
  };
  touch(evidence, id).sends.push(send);
  counters.sends += 1;
  history.add(process.name, `sends, charge run ${send.chargeRun}`, id);
  return (ended) => {
    touch(evidence, id);
    send.endedAt = world.now();
    send.neverSent = wasUnsent(ended);
    history.add(process.name, `the send ended: ${describe(ended)}`, id);
  };
}

/** Draws the route of each call. While connections are refused, every second one is refused as a stream. */
function createRoutes({ world, random, faults }: CallDeps): () => Route {
  let closedUntil = 0;
  let refusals = 0;
  return () => {
    const { refused, blackHole } = faults();
    if (world.now() >= closedUntil && random.chance(refused)) {
      closedUntil = world.now() + random.integer(CLOSED_MS.min, CLOSED_MS.max);
    }
    if (world.now() < closedUntil && refused > 0) {
      refusals += 1;
      return refusals % 2 === 0 ? 'stream-refused' : 'refused';
    }
    return random.chance(blackHole) ? 'black-hole' : 'sent';
  };
}

function travel(
  message: PaymentMessage,
  service: SimPaymentService,
  { world, random, faults, mayDuplicate }: CallDeps & { readonly mayDuplicate: boolean },
  end: (signal: AttemptSignal) => void,
): void {
  const delay = (): number => random.integer(NETWORK_MS.min, NETWORK_MS.max);
  const { connectionLost, callLost, duplicated } = faults();
  if (random.chance(connectionLost)) {
    world.after(random.integer(0, 600), null, () => end(error(status.UNAVAILABLE, 'Connection dropped')));
  }
  if (random.chance(callLost)) return;
  const arrivesAfterMs = delay();
  // A duplicate never overtakes the call: the caller would get the answer of a repetition for that of its first call.
  const duplicateAfterMs =
    mayDuplicate && random.chance(duplicated) ? random.integer(DUPLICATE_MS.min, DUPLICATE_MS.max) : null;
  world.after(arrivesAfterMs, null, () => {
    service.receive(message, (reply) => world.after(delay(), null, () => end(reply)));
    if (duplicateAfterMs === null) return;
    world.after(duplicateAfterMs, null, () => service.receive(message, () => undefined));
  });
}

function error(
  code: status,
  details: string,
  rest: { readonly handedOver?: boolean; readonly cancelledByUs?: boolean } = {},
): AttemptSignal {
  return {
    kind: 'error',
    code,
    details,
    trailingTransactionId: null,
    handedOver: true,
    cancelledByUs: false,
    certificateFault: null,
    ...rest,
  };
}

function describe(signal: AttemptSignal): string {
  switch (signal.kind) {
    case 'reply':
      return JSON.stringify(signal.reply);
    case 'error':
      return `${status[signal.code]} ${signal.details}${signal.handedOver ? '' : ' (never sent)'}`;
    case 'stream-refused':
      return 'stream refused (never processed)';
    case 'withheld':
      return 'withheld';
  }
}
