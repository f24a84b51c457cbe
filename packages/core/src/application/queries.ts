import { parseReservationId } from '../domain/ids.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import { checkWholeNumber } from '../options.ts';
import {
  PAGE_LIMIT_MAX,
  type ReservationFilter,
  type ReservationPage,
  type ReservationView,
} from '../ports/reservation-view.ts';
import type { Places } from './admission.ts';
import { type CallerOptions, callerOf } from './caller.ts';
import { checkKey } from './reserve/key-claim.ts';

/** The use cases that read the view. Each throws OVERLOADED while 1,024 reads are under way. */
export interface ReservationQueries {
  /** Returns the reservation, or null for an unknown id. */
  get(reservationId: string, options?: CallerOptions): Promise<ReservationSummary | null>;
  /**
   * Returns the reservation that holds an idempotency key of this caller (default: the anonymous one), or null while the key
   * is free. @throws {ReservationError} INVALID_OPTION (a malformed key)
   */
  findByKey(idempotencyKey: string, options?: CallerOptions): Promise<ReservationSummary | null>;
  /**
   * Returns the reservations charged with this transaction, in the order of creation: one, unless the payment service used
   * an id twice. At most 200.
   */
  findByTransaction(transactionId: string, options?: CallerOptions): Promise<readonly ReservationSummary[]>;
  /** Returns a page of reservations in the order of creation. @throws {ReservationError} INVALID_OPTION (limit) */
  list(filter?: Partial<ReservationFilter>, options?: CallerOptions): Promise<ReservationPage>;
}

/** Builds the use cases over a view; each holds a place while it waits for the store. */
export function createQueries(view: ReservationView, reads: Places): ReservationQueries {
  return {
    async get(reservationId, getOptions = {}) {
      callerOf(getOptions);
      const id = parseReservationId(reservationId);
      return id === null ? null : await reads.hold(() => view.find(id));
    },
    async findByKey(key, findOptions = {}) {
      const caller = callerOf(findOptions);
      checkKey(key);
      return await reads.hold(async () => {
        const holder = await view.findByKey({ scope: caller, key });
        const id = holder === null ? null : parseReservationId(holder.stream);
        return id === null ? null : await view.find(id);
      });
    },
    async findByTransaction(transactionId, findOptions = {}) {
      callerOf(findOptions);
      return await reads.hold(() => view.findByTransaction(transactionId));
    },
    async list(filter = {}, listOptions = {}) {
      callerOf(listOptions);
      const { userId = null, stage = null, after = null, limit = PAGE_LIMIT_MAX } = filter;
      checkWholeNumber('limit', limit, 1, PAGE_LIMIT_MAX);
      return await reads.hold(() => view.list({ userId, stage, after, limit }));
    },
  };
}
