import { ANONYMOUS_CALLER, CALLER_EXPECTED, parseCaller } from '../domain/caller.ts';
import { checkText } from '../options.ts';

/** What every use case takes. */
export interface CallerOptions {
  /**
   * The principal for whom the use case runs: 1 to 255 visible ASCII characters, default "anonymous". It is recorded in
   * the events of the reservations that it creates, and scopes idempotency keys. It restricts nothing yet: every caller
   * reads and decides all reservations.
   */
  readonly caller?: string;
}

/** The caller of a use case. @throws {ReservationError} INVALID_OPTION for a malformed one. */
export function callerOf({ caller = ANONYMOUS_CALLER }: CallerOptions): string {
  return checkText('caller', caller, (text) => parseCaller(text) !== null, CALLER_EXPECTED);
}
