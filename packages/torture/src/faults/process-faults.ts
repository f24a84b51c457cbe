import type { Intruder } from '../processes/second-server.ts';
import type { Sandbox } from '../processes/sandbox.ts';
import type { ServerSlot } from '../processes/server-slot.ts';
import { pause } from '../support/pause.ts';
import type { Random } from '../support/seeded-random.ts';
import type { Tally } from '../evidence/counters.ts';
import { type Fault, type FaultContext, ONE_MINUTE_MS, TWO_MINUTES_MS } from './fault.ts';

/** What faults are done to. */
export interface Victims {
  readonly servers: readonly ServerSlot[];
  readonly sandbox: Sandbox;
  /** Null where there is room for any number of servers. */
  readonly intruder: Intruder | null;
  /** What can be done to the database. */
  readonly databaseFaults: readonly Fault[];
}

/** What faults of processes need. */
export interface ChaosContext extends FaultContext {
  readonly victims: Victims;
  readonly tally: Tally;
}

const SHORT_PAUSE_MS = [100, 1_500] as const;

/** Beyond the lease of a payment, 20 s. */
const LONG_PAUSE_MS = [20_500, 26_000] as const;

/** Beyond the deadline of an attempt, 5 s. */
const DEADLINE_PAUSE_MS = [5_200, 7_000] as const;

const DOWN_MS = [50, 2_500] as const;

/** What any number of servers and the payment service suffer. */
const ALWAYS: readonly Fault<ChaosContext>[] = [
  fault('kill a server', 6, 0, (context) => killServer(context)),
  fault('kill a server twice', 2, 0, async (context) => {
    await killServer(context);
    await pause(context.random.whole(0, 900), context.signal);
    await killServer(context);
  }),
  fault('pause a server', 3, 0, (context) => pauseServer(context, SHORT_PAUSE_MS)),
  fault('stop a server in good order', 1, 0, async ({ random, victims, tally }) => {
    tally.stops += 1;
    await awake(random, victims).stop();
  }),
  fault('kill the payment service', 3, 0, async ({ random, victims, tally, signal }) => {
    tally.sandboxKills += 1;
    await victims.sandbox.kill(random.whole(...DOWN_MS), signal);
  }),
  fault('pause the payment service', 1.5, 0, (context) => pauseSandbox(context, SHORT_PAUSE_MS)),
  fault('pause the payment service beyond a deadline', 1, ONE_MINUTE_MS, (context) =>
    pauseSandbox(context, DEADLINE_PAUSE_MS),
  ),
];

/** What only a server suffers that nobody stands in for; where others do, see sleepers.ts. */
const ALONE: readonly Fault<ChaosContext>[] = [
  fault('pause a server for longer than a lease', 0.5, TWO_MINUTES_MS, (context) =>
    pauseServer(context, LONG_PAUSE_MS),
  ),
];

const WITHOUT_ROOM: readonly Fault<ChaosContext>[] = [
  fault('start one server too many', 0.5, 0, async ({ victims }) => victims.intruder?.intrude()),
];

/** Which faults a run does. */
export interface FaultChoice {
  /** How long the run lasts: what takes long is for long runs. */
  readonly durationMs: number;
  /** Names of faults, whatever the run's length; null for all. */
  readonly only: readonly string[] | null;
}

/**
 * The faults that can be done to these.
 * @throws {Error} for a name that none of them has.
 */
export function faultsFor(victims: Victims, { durationMs, only }: FaultChoice): readonly Fault<ChaosContext>[] {
  const { servers, intruder, databaseFaults } = victims;
  const faults: readonly Fault<ChaosContext>[] = [
    ...ALWAYS,
    ...(servers.length === 1 ? ALONE : []),
    ...(intruder === null ? [] : WITHOUT_ROOM),
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
  perform: Fault<ChaosContext>['perform'],
): Fault<ChaosContext> {
  return { name, weight, fromMs, perform };
}

/** A server that does not sleep: of several, at most one does. */
function awake(random: Random, { servers }: Victims): ServerSlot {
  return random.pick(servers.filter((server) => !server.asleep()));
}

async function killServer({ random, victims, tally }: ChaosContext): Promise<void> {
  tally.kills += 1;
  await awake(random, victims).kill();
}

async function pauseServer(
  { random, victims, tally, signal }: ChaosContext,
  range: readonly [number, number],
): Promise<void> {
  tally.pauses += 1;
  await awake(random, victims).pause(random.whole(...range), signal);
}

async function pauseSandbox(
  { random, victims, tally, signal }: ChaosContext,
  range: readonly [number, number],
): Promise<void> {
  tally.sandboxPauses += 1;
  await victims.sandbox.pause(random.whole(...range), signal);
}
