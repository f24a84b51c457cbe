import type { Intruder } from '../processes/intruder.ts';
import type { Sandbox } from '../processes/sandbox.ts';
import type { ServerSlot } from '../processes/server-slot.ts';
import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Tally } from '../tally.ts';

/** What faults are done to. */
export interface Victims {
  readonly servers: readonly ServerSlot[];
  readonly sandbox: Sandbox;
  /** Null where there is room for any number of servers. */
  readonly intruder: Intruder | null;
}

export interface ChaosOptions {
  readonly random: Random;
  readonly victims: Victims;
  readonly tally: Tally;
  /** Aborts when it is enough. */
  readonly signal: AbortSignal;
  /** How long one run of faults lasts: what takes long is for long runs. */
  readonly durationMs: number;
  readonly narrate: (what: string) => void;
  /** Called when each fault was done once. */
  readonly onceThrough: () => void;
}

/** A fault, done from beginning to end. */
interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Runs shorter than this do without it. */
  readonly fromMs: number;
  perform(options: ChaosOptions): Promise<void>;
}

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 2_000;
const SHORT_PAUSE_MS = [100, 1_500] as const;

/** Beyond the lease of a payment, 20 s. */
const LONG_PAUSE_MS = [20_500, 26_000] as const;

/** Beyond the deadline of an attempt, 5 s. */
const DEADLINE_PAUSE_MS = [5_200, 7_000] as const;

const DOWN_MS = [50, 2_500] as const;
const TWO_MINUTES_MS = 120_000;
const ONE_MINUTE_MS = 60_000;

const FAULTS: readonly Fault[] = [
  fault('kill a server', 6, 0, (options) => killServer(options)),
  fault('kill a server twice', 2, 0, async (options) => {
    await killServer(options);
    await pause(options.random.whole(0, 900), options.signal);
    await killServer(options);
  }),
  fault('pause a server', 3, 0, (options) => pauseServer(options, SHORT_PAUSE_MS)),
  fault('pause a server for longer than a lease', 0.5, TWO_MINUTES_MS, (options) =>
    pauseServer(options, LONG_PAUSE_MS),
  ),
  fault('stop a server in good order', 1, 0, async ({ random, victims, tally }) => {
    tally.stops += 1;
    await random.pick(victims.servers).stop();
  }),
  fault('start one server too many', 0.5, 0, async ({ victims }) => victims.intruder?.intrude()),
  fault('kill the payment service', 3, 0, async ({ random, victims, tally, signal }) => {
    tally.sandboxKills += 1;
    await victims.sandbox.kill(random.whole(...DOWN_MS), signal);
  }),
  fault('pause the payment service', 1.5, 0, (options) => pauseSandbox(options, SHORT_PAUSE_MS)),
  fault('pause the payment service beyond a deadline', 1, ONE_MINUTE_MS, (options) =>
    pauseSandbox(options, DEADLINE_PAUSE_MS),
  ),
];

function fault(name: string, weight: number, fromMs: number, perform: Fault['perform']): Fault {
  return { name, weight, fromMs, perform };
}

/** Does one fault after the other: each at least once, in a drawn order, then whatever the seed says. */
export async function wreakHavoc(options: ChaosOptions): Promise<void> {
  const { random, signal, durationMs, narrate, onceThrough } = options;
  const possible = FAULTS.filter(({ fromMs }) => durationMs >= fromMs);
  const first = random.shuffle(possible);
  while (!signal.aborted) {
    await pause(random.whole(PAUSE_MS_MIN, PAUSE_MS_MAX), signal);
    if (signal.aborted) return;
    const next = first.shift() ?? random.weighted(possible);
    narrate(next.name);
    await next.perform(options);
    if (first.length === 0) onceThrough();
  }
}

async function killServer({ random, victims, tally }: ChaosOptions): Promise<void> {
  tally.kills += 1;
  await random.pick(victims.servers).kill();
}

async function pauseServer(
  { random, victims, tally, signal }: ChaosOptions,
  range: readonly [number, number],
): Promise<void> {
  tally.pauses += 1;
  await random.pick(victims.servers).pause(random.whole(...range), signal);
}

async function pauseSandbox(
  { random, victims, tally, signal }: ChaosOptions,
  range: readonly [number, number],
): Promise<void> {
  tally.sandboxPauses += 1;
  await victims.sandbox.pause(random.whole(...range), signal);
}
