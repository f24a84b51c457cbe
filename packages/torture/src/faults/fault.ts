import type { SeededRandom } from '../support/seeded-random.ts';

/** What every fault may use. */
export interface FaultContext {
  readonly random: SeededRandom;
  /** Aborts when it is enough: what waits goes on at once. */
  readonly signal: AbortSignal;
}

/** Something that is done to a part of the system, from beginning to end: afterwards the part works again. */
export interface Fault<Context extends FaultContext = FaultContext> {
  readonly name: string;
  /** How often it is done, compared with others. */
  readonly weight: number;
  /** Runs shorter than this, in milliseconds, do without it. */
  readonly fromMs: number;
  perform(context: Context): Promise<void>;
}

/** Faults of this length need runs of a minute and more. */
export const ONE_MINUTE_MS = 60_000;

/** Faults that keep the whole system from working for long need runs of two minutes and more. */
export const TWO_MINUTES_MS = 120_000;
