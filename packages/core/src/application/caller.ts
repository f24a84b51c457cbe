import { ANONYMOUS_CALLER, CALLER_EXPECTED, parseCaller } from '../domain/caller.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import { checkOneOf, checkText } from '../options.ts';

/** What every use case takes. */
export interface CallerOptions {
  /**
   * The principal for whom the use case runs: 1 to 255 visible ASCII characters, default "anonymous". It is recorded in
   * the events of the reservations that it creates, and scopes idempotency keys.
   */
  readonly caller?: string;
  /**
   * What the queries of an engine show: with "own" a reservation that another caller made does not exist. Default "all".
   * Creating and the use cases of operators do not depend on it.
   */
  readonly visibility?: 'all' | 'own';
}

/** The caller of a use case. @throws {ReservationError} INVALID_OPTION for a malformed one. */
export function callerOf({ caller = ANONYMOUS_CALLER }: CallerOptions): string {
  return checkText('caller', caller, (text) => parseCaller(text) !== null, CALLER_EXPECTED);
}

/** For whom a query runs. */
export interface Reader {
  readonly caller: string;
  /** Whether the reservations that this caller made are all that it may see. */
  readonly isRestricted: boolean;
}

/** The reader of a query. @throws {ReservationError} INVALID_OPTION for a malformed caller or an unknown visibility. */
export function readerOf(options: CallerOptions): Reader {
  const caller = callerOf(options);
  return { caller, isRestricted: checkOneOf('visibility', options.visibility ?? 'all', ['all', 'own']) === 'own' };
}

/** True when the reader may see what this caller made. */
export function maySee(reader: Reader, { caller }: Pick<ReservationSummary, 'caller'>): boolean {
  return !reader.isRestricted || caller === reader.caller;
}
