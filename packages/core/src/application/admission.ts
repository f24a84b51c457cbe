import { ReservationError } from '../errors.ts';
import { checkWholeNumber } from '../options.ts';
import { CHARGES_MAX } from '../ports/payment-gateway.ts';
import { SETTLEMENT_CONCURRENCY_MAX, SETTLEMENT_SHARE } from './payments/limits.ts';

/** A bounded number of places, each held by one piece of work under way. */
export interface Places {
  isFull(): boolean;
  /** Holds a place until the work has ended, also by a failure. @throws {ReservationError} OVERLOADED, when there is none */
  hold<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Makes places that are all free. */
export function createPlaces(max: number): Places {
  let held = 0;
  return {
    isFull: () => held >= max,
    async hold(work) {
      if (held >= max) throw overloaded();
      held += 1;
      try {
        return await work();
      } finally {
        held -= 1;
      }
    },
  };
}

/** The fault of a request for which there is no place. */
export function overloaded(): ReservationError {
  return new ReservationError('OVERLOADED', 'as many requests are under way as may be; repeat this one after a pause');
}

/** Charges that requests and settlement may each have under way. */
export interface ChargeShares {
  readonly requests: number;
  readonly settlement: number;
}

/**
 * Shares the charges that a gateway takes, so that requests, however many come, leave some to settlement. Of a single one
 * both have it.
 * @throws {ReservationError} INVALID_OPTION
 */
export function shareCharges(chargesMax: number): ChargeShares {
  checkWholeNumber('gateway.chargesMax', chargesMax, 1, CHARGES_MAX);
  const settlement = Math.min(SETTLEMENT_CONCURRENCY_MAX, Math.max(1, Math.floor(chargesMax / SETTLEMENT_SHARE)));
  return { requests: Math.max(1, chargesMax - settlement), settlement };
}
