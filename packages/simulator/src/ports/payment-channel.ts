import { status } from '@grpc/grpc-js';
import type { PaymentChannel } from '@reservations/core/grpc';
import { context } from '../world/context.ts';
import { type Evidence, type Send, touch } from '../evidence/evidence.ts';
import { type CallDeps, createProcessFaults, never } from '../faults/process-faults.ts';
import type { SimProcess } from '../world/process.ts';
import type { SimPaymentService } from './payment-service.ts';

export type { PaymentChannel };

/** How an attempt ended, as a channel tells it. */
export type AttemptSignal = Awaited<ReturnType<PaymentChannel['send']>>;

/** A ProcessPayment request as the service reads it. */
export interface PaymentMessage {
  readonly reservation_id: `RES-${string}`;
  readonly user_id: string;
  readonly amount: number;
  readonly currency: string;
}

/** Bounds of one way of a call, and of how late its duplicate may come. */
const WAY_MS = { min: 1, max: 60 };
const DUPLICATE_MS = { min: 0, max: 20_000 };

/** How long the way to the service stays closed, once it is. */
const CLOSED_MS = { min: 100, max: 8_000 };

/** What grpc-js says, word for word. */
const REFUSED_TEXT =
  'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.7:50051. Resolution note: ';
const DEADLINE_TEXT = 'Deadline exceeded after 5.000s,LB pick: 0.002s,remote_addr=10.0.0.7:50051';
const BLACK_HOLE_TEXT = 'Deadline exceeded after 5.001s,Waiting for LB pick';

/** How far a call gets. */
type Route = 'refused' | 'stream-refused' | 'black-hole' | 'sent';

/** A process's channel to the payment service, over a network that fails as grpc-js and TCP let it. */
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
    const noteEnd = noteSend(message, process, evidence, deps);
    const route = chooseRoute();
    const fate = { handedOver: route === 'sent' || route === 'stream-refused' };
    return new Promise((resolve) => {
      let isOver = false;
      /** Tells the process how the attempt ended; of several ends the first counts. */
      const end = (ended: AttemptSignal): void => {
        if (isOver) return;
        isOver = true;
        noteEnd(ended);
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

/** Notes that a send starts; the function that it returns notes how it ended. */
function noteSend(
  { reservation_id: id }: PaymentMessage,
  process: SimProcess,
  evidence: Evidence,
  { world, history, counters }: CallDeps,
): (ended: AttemptSignal) => void {
  const run = context.getStore()?.run ?? null;
  const send: Send = {
    process,
    run: run?.number ?? 0,
    startedAt: world.now(),
    endedAt: null,
    neverSent: false,
    wasStopping: process.stoppingSince !== null,
    wasAborted: run?.isAborted() ?? false,
  };
  touch(evidence, id).sends.push(send);
  counters.sends += 1;
  history.add(process.name, `sends, run ${send.run}`, id);
  return (ended) => {
    touch(evidence, id);
    send.endedAt = world.now();
    send.neverSent = wasUnsent(ended);
    history.add(process.name, `the send ended: ${describe(ended)}`, id);
  };
}

/** True when it is certain that no service executes the attempt. */
export function wasUnsent(ended: AttemptSignal): boolean {
  return ended.kind === 'stream-refused' || (ended.kind === 'error' && !ended.handedOver);
}

/** The way to the service is open, or it stays closed for a while; then connections and streams are refused in turn. */
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
  const way = (): number => random.integer(WAY_MS.min, WAY_MS.max);
  const { connectionLost, callLost, duplicated } = faults();
  if (random.chance(connectionLost)) {
    world.after(random.integer(0, 600), null, () => end(error(status.UNAVAILABLE, 'Connection dropped')));
  }
  if (random.chance(callLost)) return;
  world.after(way(), null, () => {
    service.receive(message, (reply) => world.after(way(), null, () => end(reply)));
  });
  if (!mayDuplicate || !random.chance(duplicated)) return;
  const lateMs = random.integer(DUPLICATE_MS.min, DUPLICATE_MS.max);
  world.after(lateMs, null, () => service.receive(message, () => undefined));
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
