import type { SeededRandom } from '@reservations/core/testing';

/** What a fault is performed with. */
export interface FaultContext {
  readonly random: SeededRandom;
  /** Aborts when the run's faults end: pauses end at once. */
  readonly signal: AbortSignal;
}

/** A fault of a part of the system. Once it has been performed the part works again. */
export interface Fault<Context extends FaultContext = FaultContext> {
  readonly name: string;
  /** Its relative frequency. */
  readonly weight: number;
  /** Shortest run with this fault, in milliseconds. */
  readonly fromMs: number;
  perform(context: Context): Promise<void>;
}

/** For faults that need a run of at least a minute. */
export const ONE_MINUTE_MS = 60_000;

/** For faults that stop the whole system for long. */
export const TWO_MINUTES_MS = 120_000;
