import type { ServerSlot } from '../processes/server-slot.ts';
import { pause } from '../support/pause.ts';
import { ONE_MINUTE_MS } from './fault.ts';
import type { FaultChoice, ProcessFaultContext } from './process-faults.ts';

/** Bounds of the time between two long pauses, in which the resumed server settles what it left open. */
const BETWEEN_MS = [2_000, 8_000] as const;

/** Bounds of a pause beyond the lease of a payment, 20 s, and the time in which another server settles it. */
const PAUSE_MS = [22_500, 28_000] as const;

/** Pause of the payment service around the start of a long pause: the server is paused while it sends. */
const SERVICE_PAUSE_MS = 2_000;
const PAUSES_AFTER_MS = [500, 1_500] as const;

/** Down time of the payment service around the start of a long pause: the server is paused with unsent payments. */
const SERVICE_DOWN_MS = 1_500;
const PAUSES_UNSENT_AFTER_MS = [50, 500] as const;

/** Shortly before the leases of the paused server expire, the payment service is paused, … */
const SERVICE_PAUSES_AFTER_MS = [18_800, 19_600] as const;

/** … the server resumes while another one waits for the payment service, … */
const PAUSE_UNSENT_MS = [21_200, 23_000] as const;

/** … and only then the payment service executes the calls that have arrived. */
const SERVICE_LATE_PAUSE_MS = 4_500;

/**
 * Pauses one server after the other for longer than its leases, while the others settle its payments: what the server
 * does when it resumes must not harm. Does nothing with a single server, nor in short runs.
 */
export async function runLongPauses({
  durationMs,
  only,
  ...context
}: ProcessFaultContext & FaultChoice): Promise<void> {
  const { targets, signal, counters } = context;
  if (targets.servers.length === 1 || only !== null || durationMs < ONE_MINUTE_MS) return;
  // A sequence of its own: the other faults do not depend on the length of a pause.
  const random = context.random.fork('long pauses');
  for (let turn = 0; !signal.aborted; turn += 1) {
    if (turn % 2 === 0) await pauseWithUnsentPayments({ ...context, random });
    else await pauseWhileSending({ ...context, random });
    counters.longPauses += 1;
    await pause(random.integer(...BETWEEN_MS), signal);
  }
}

/** Picks a server that listens, at a time without a fault of the payment service. */
async function pickServer({ targets, random }: ProcessFaultContext): Promise<ServerSlot> {
  const server = random.pick(targets.servers);
  await targets.sandbox.idle();
  await server.listening();
  return server;
}

/**
 * Pauses a server while its sends wait for replies. The payment service then executes them, other servers settle them,
 * and the server resumes with outcomes that are recorded already.
 */
async function pauseWhileSending(context: ProcessFaultContext): Promise<void> {
  const { targets, signal, random, counters } = context;
  const server = await pickServer(context);
  counters.sandboxPauses += 1;
  const servicePause = targets.sandbox.pause(SERVICE_PAUSE_MS, signal);
  await pause(random.integer(...PAUSES_AFTER_MS), signal);
  await server.pauseLong(random.integer(...PAUSE_MS), signal);
  await servicePause;
}

/** Pauses a server that has found payments to be not sent, and resumes it when another server has just sent them. */
async function pauseWithUnsentPayments(context: ProcessFaultContext): Promise<void> {
  const { targets, signal, random, counters } = context;
  const server = await pickServer(context);
  counters.sandboxKills += 1;
  const serviceDown = targets.sandbox.kill(SERVICE_DOWN_MS, signal);
  await pause(random.integer(...PAUSES_UNSENT_AFTER_MS), signal);
  const servicePause = pauseServiceLate(context, random.integer(...SERVICE_PAUSES_AFTER_MS));
  await server.pauseLong(random.integer(...PAUSE_UNSENT_MS), signal);
  await Promise.all([serviceDown, servicePause]);
}

async function pauseServiceLate(
  { targets, signal }: Pick<ProcessFaultContext, 'targets' | 'signal'>,
  afterMs: number,
): Promise<void> {
  await pause(afterMs, signal);
  if (!signal.aborted) await targets.sandbox.pause(SERVICE_LATE_PAUSE_MS, signal);
}
