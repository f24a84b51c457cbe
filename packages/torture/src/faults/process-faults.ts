import type { SeededRandom } from '@reservations/core/testing';
import type { SecondServer } from '../processes/second-server.ts';
import type { Sandbox } from '../processes/sandbox.ts';
import type { ServerSlot } from '../processes/server-slot.ts';
import { pause } from '../support/pause.ts';
import type { Counters } from '../evidence/counters.ts';
import { type Fault, type FaultContext, ONE_MINUTE_MS, TWO_MINUTES_MS } from './fault.ts';

/** The parts of the system that faults are performed on. */
export interface Targets {
  readonly servers: readonly ServerSlot[];
  readonly sandbox: Sandbox;
  /** Null for a database that allows any number of servers. */
  readonly secondServer: SecondServer | null;
  /** Faults of the database. */
  readonly databaseFaults: readonly Fault[];
}

/** What a fault of a process is performed with. */
export interface ProcessFaultContext extends FaultContext {
  readonly targets: Targets;
  readonly counters: Counters;
}

const SHORT_PAUSE_MS = [100, 1_500] as const;

/** Beyond the lease of a payment, 20 s. */
const LONG_PAUSE_MS = [20_500, 26_000] as const;

/** Beyond the deadline of an attempt, 5 s. */
const DEADLINE_PAUSE_MS = [5_200, 7_000] as const;

const DOWN_MS = [50, 2_500] as const;

/** Faults of servers and payment service, with any number of servers. */
const ALWAYS: readonly Fault<ProcessFaultContext>[] = [
  fault('kill a server', 6, 0, (context) => killServer(context)),
  fault('kill a server twice', 2, 0, async (context) => {
    await killServer(context);
    await pause(context.random.integer(0, 900), context.signal);
    await killServer(context);
  }),
  fault('pause a server', 3, 0, (context) => pauseServer(context, SHORT_PAUSE_MS)),
  fault('stop a server gracefully', 1, 0, async ({ random, targets, counters }) => {
    counters.stops += 1;
    await pickRunningServer(random, targets).stop();
  }),
  fault('kill the payment service', 3, 0, async ({ random, targets, counters, signal }) => {
    counters.sandboxKills += 1;
    await targets.sandbox.kill(random.integer(...DOWN_MS), signal);
  }),
  fault('pause the payment service', 1.5, 0, (context) => pauseSandbox(context, SHORT_PAUSE_MS)),
  fault('pause the payment service beyond a deadline', 1, ONE_MINUTE_MS, (context) =>
    pauseSandbox(context, DEADLINE_PAUSE_MS),
  ),
];

/** Faults of a single server. With several servers, see long-pauses.ts. */
const ALONE: readonly Fault<ProcessFaultContext>[] = [
  fault('pause a server for longer than a lease', 0.5, TWO_MINUTES_MS, (context) =>
    pauseServer(context, LONG_PAUSE_MS),
  ),
];

const SINGLE_SERVER_ONLY: readonly Fault<ProcessFaultContext>[] = [
  fault('start a second server', 0.5, 0, async ({ targets }) => targets.secondServer?.tryStart()),
];

/** Which faults a run performs. */
export interface FaultChoice {
  /** Length of the run: long faults are for long runs. */
  readonly durationMs: number;
  /** Names of faults, for any length of the run; null for all. */
  readonly only: readonly string[] | null;
}

/**
 * Returns the faults that can be performed on these targets.
 * @throws {Error} for the name of another fault.
 */
export function faultsFor(targets: Targets, { durationMs, only }: FaultChoice): readonly Fault<ProcessFaultContext>[] {
  const { servers, secondServer, databaseFaults } = targets;
  const faults: readonly Fault<ProcessFaultContext>[] = [
    ...ALWAYS,
    ...(servers.length === 1 ? ALONE : []),
    ...(secondServer === null ? [] : SINGLE_SERVER_ONLY),
    ...databaseFaults,
  ];
  if (only === null) return faults.filter(({ fromMs }) => durationMs >= fromMs);
  return only.map((wanted) => {
    const found = faults.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    throw new Error(`no fault is named "${wanted}"; there are: ${faults.map(({ name }) => name).join(', ')}`);
  });
}

function fault(
  name: string,
  weight: number,
  fromMs: number,
  perform: Fault<ProcessFaultContext>['perform'],
): Fault<ProcessFaultContext> {
  return { name, weight, fromMs, perform };
}

/** Picks a server that is not in a long pause. Of several servers at most one is. */
function pickRunningServer(random: SeededRandom, { servers }: Targets): ServerSlot {
  return random.pick(servers.filter((server) => !server.isInLongPause()));
}

async function killServer({ random, targets, counters }: ProcessFaultContext): Promise<void> {
  counters.kills += 1;
  await pickRunningServer(random, targets).kill();
}

async function pauseServer(
  { random, targets, counters, signal }: ProcessFaultContext,
  range: readonly [number, number],
): Promise<void> {
  counters.pauses += 1;
  await pickRunningServer(random, targets).pause(random.integer(...range), signal);
}

async function pauseSandbox(
  { random, targets, counters, signal }: ProcessFaultContext,
  range: readonly [number, number],
): Promise<void> {
  counters.sandboxPauses += 1;
  await targets.sandbox.pause(random.integer(...range), signal);
}
