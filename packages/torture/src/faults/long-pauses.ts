import { pause } from '../support/pause.ts';
import type { ServerSlot } from '../processes/server-slot.ts';
import { ONE_MINUTE_MS } from './fault.ts';
import type { ProcessFaultContext, FaultChoice } from './process-faults.ts';

/** Between two longPauses: the one who slept settles what it left. */
const AWAKE_MS = [2_000, 8_000] as const;

/** Beyond the lease of a payment, 20 s, and the moments in which another server finds and settles it. */
const SLEEP_MS = [22_500, 28_000] as const;

/** How long the payment service stands still when a server falls isInLongPause: its payments are being sent then. */
const SLOW_MS = 2_000;
const DROPS_OFF_AFTER_MS = [500, 1_500] as const;

/** How long the payment service is away when a server falls isInLongPause: its payments are not sent then. */
const AWAY_MS = 1_500;
const NODS_OFF_AFTER_MS = [50, 500] as const;

/** Shortly before the leases of the sleeper end, the payment service stops answering … */
const SILENT_AFTER_MS = [18_800, 19_600] as const;

/** … and the sleeper wakes while another server waits for it, … */
const WAKES_AFTER_MS = [21_200, 23_000] as const;

/** … and only then it takes the calls that have arrived. */
const SILENT_MS = 4_500;

/**
 * Lets one server after the other sleep for longer than its leases last, while the others go on and settle in its
 * stead: what it brings when it wakes must not harm. Does nothing where nobody could go on, nor in short runs.
 */
export async function runLongPauses({
  durationMs,
  only,
  ...context
}: ProcessFaultContext & FaultChoice): Promise<void> {
  const { targets, signal, counters } = context;
  if (targets.servers.length === 1 || only !== null || durationMs < ONE_MINUTE_MS) return;
  // Numbers of its own: what is done beside this does not depend on how long a sleep takes.
  const random = context.random.fork('runLongPauses');
  for (let turn = 0; !signal.aborted; turn += 1) {
    if (turn % 2 === 0) await pauseWithUnsentPayments({ ...context, random });
    else await pauseWhileSending({ ...context, random });
    counters.longPauses += 1;
    await pause(random.integer(...AWAKE_MS), signal);
  }
}

/** A server that listens, while nothing is being done to the payment service. */
async function pickServer({ targets, random }: ProcessFaultContext): Promise<ServerSlot> {
  const server = random.pick(targets.servers);
  await targets.sandbox.idle();
  await server.listening();
  return server;
}

/**
 * A server falls isInLongPause while all that it sends waits for an answer. The payment service then executes it, others settle
 * it, and the sleeper wakes with outcomes that nobody asks for any more.
 */
async function pauseWhileSending(context: ProcessFaultContext): Promise<void> {
  const { targets, signal, random, counters } = context;
  const server = await pickServer(context);
  counters.sandboxPauses += 1;
  const slow = targets.sandbox.pause(SLOW_MS, signal);
  await pause(random.integer(...DROPS_OFF_AFTER_MS), signal);
  await server.sleep(random.integer(...SLEEP_MS), signal);
  await slow;
}

/**
 * A server falls isInLongPause with payments of which it knows that they were not sent, and wakes, still sure of it, when
 * another server has just sent them.
 */
async function pauseWithUnsentPayments(context: ProcessFaultContext): Promise<void> {
  const { targets, signal, random, counters } = context;
  const server = await pickServer(context);
  counters.sandboxKills += 1;
  const away = targets.sandbox.kill(AWAY_MS, signal);
  await pause(random.integer(...NODS_OFF_AFTER_MS), signal);
  const silent = silence(context, random.integer(...SILENT_AFTER_MS));
  await server.sleep(random.integer(...WAKES_AFTER_MS), signal);
  await Promise.all([away, silent]);
}

async function silence(
  { targets, signal }: Pick<ProcessFaultContext, 'targets' | 'signal'>,
  afterMs: number,
): Promise<void> {
  await pause(afterMs, signal);
  if (!signal.aborted) await targets.sandbox.pause(SILENT_MS, signal);
}
