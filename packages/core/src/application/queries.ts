import { parseReservationId, type ReservationId } from '../domain/ids.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import { checkOneOf, checkWholeNumber } from '../options.ts';
import { type EventStore, READ_LIMIT_MAX, type RecordedEvent } from '../ports/event-store.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { PAGE_LIMIT_MAX, type ReservationPage } from '../ports/reservation-view.ts';
import type { Places } from './admission.ts';
import { type CallerOptions, maySee, readerOf } from './caller.ts';
import type { FeedEvent } from './feed/feed-event.ts';
import { createFeedEventReader } from './feed/read-feed-events.ts';
import { listReservations, type ReservationListFilter } from './list-reservations.ts';
import { checkKey } from './reserve/key-claim.ts';

/**
 * The use cases that read. With the visibility "own", what another caller made is unknown to each of them. Each throws
 * OVERLOADED while 1,024 reads are under way.
 */
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
  /**
   * Returns a page of reservations in the order of creation, or with `order: 'desc'` the newest first. A page looks at
   * about 2,000 rows at most: it may be shorter than its limit, even empty, while `next` is not null; the listing ends where
   * `next` is null. `next` is an `after` in the same order. What is made meanwhile repeats and hides no older reservation.
   * @throws {ReservationError} INVALID_OPTION (limit, order)
   */
  list(filter?: ReservationListFilter, options?: CallerOptions): Promise<ReservationPage>;
  /**
   * Returns the events of a reservation in order, or null for an unknown id.
   * @throws {ReservationError} STORE_CORRUPT
   */
  history(reservationId: string, options?: CallerOptions): Promise<readonly FeedEvent[] | null>;
}

/** Builds the use cases over a store; each holds a place while it waits for the store. */
export function createQueries({ view, events }: ReservationStore, reads: Places): ReservationQueries {
  return {
    async get(reservationId, getOptions = {}) {
      const reader = readerOf(getOptions);
      const id = parseReservationId(reservationId);
      const found = id === null ? null : await reads.hold(() => view.find(id));
      return found !== null && maySee(reader, found) ? found : null;
    },
    async findByKey(key, findOptions = {}) {
      const reader = readerOf(findOptions);
      checkKey(key);
      return await reads.hold(async () => {
        const holder = await view.findByKey({ scope: reader.caller, key });
        const id = holder === null ? null : parseReservationId(holder.stream);
        const found = id === null ? null : await view.find(id);
        return found !== null && maySee(reader, found) ? found : null;
      });
    },
    async findByTransaction(transactionId, findOptions = {}) {
      const reader = readerOf(findOptions);
      const found = await reads.hold(() => view.findByTransaction(transactionId));
      return found.filter((row) => maySee(reader, row));
    },
    async list(filter = {}, listOptions = {}) {
      const reader = readerOf(listOptions);
      const { limit = PAGE_LIMIT_MAX } = filter;
      checkWholeNumber('limit', limit, 1, PAGE_LIMIT_MAX);
      checkOneOf('order', filter.order ?? 'asc', ['asc', 'desc']);
      return await reads.hold(() => listReservations(view, { ...filter, limit }, reader));
    },
    async history(reservationId, historyOptions = {}) {
      const reader = readerOf(historyOptions);
      const id = parseReservationId(reservationId);
      if (id === null) return null;
      return await reads.hold(async () => {
        const recorded = await readWholeStream(events, id);
        const [first] = recorded;
        if (first === undefined || !maySee(reader, first.metadata)) return null;
        const read = await createFeedEventReader(events).read(recorded);
        return read.map((event) => {
          if (event.kind === 'damaged') throw event.error;
          return event;
        });
      });
    },
  };
}

async function readWholeStream(events: EventStore, id: ReservationId): Promise<readonly RecordedEvent[]> {
  const recorded: RecordedEvent[] = [];
  for (;;) {
    const page = await events.readStream(id, { after: recorded.length, limit: READ_LIMIT_MAX });
    recorded.push(...page);
    if (page.length < READ_LIMIT_MAX) return recorded;
  }
}
