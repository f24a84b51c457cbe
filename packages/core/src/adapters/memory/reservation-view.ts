import type { ListRequest, ReservationPage, ReservationView } from '../../ports/reservation-view.ts';
import { assertCount, assertPage, firstOfTransaction } from '../support/arguments.ts';
import { keyOf, type Tables } from './tables.ts';

function page({ summaries }: Tables, { by, order, after, limit }: ListRequest): ReservationPage {
  const isBehind = (id: string, other: string): boolean => (order === 'asc' ? id > other : id < other);
  const found = [...summaries.values()]
    .filter((row) => by === null || row[by.field] === by.value)
    .filter((row) => after === null || isBehind(row.reservationId, after))
    .sort((a, b) => (isBehind(a.reservationId, b.reservationId) ? 1 : -1));
  const reservations = found.slice(0, limit);
  return { reservations, next: found.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
}

/** The read side over the store's tables. */
export function createReservationView(tables: Tables, assertOpen: () => void): ReservationView {
  return {
    async find(id) {
      assertOpen();
      return tables.summaries.get(id) ?? null;
    },
    async findByKey(key) {
      assertOpen();
      return tables.keys.get(keyOf(key)) ?? null;
    },
    async findByTransaction(transactionId) {
      assertOpen();
      return page(tables, firstOfTransaction(transactionId)).reservations;
    },
    async list(request) {
      assertOpen();
      assertPage(request);
      return page(tables, request);
    },
    async count({ stage, max }) {
      assertOpen();
      assertCount({ max });
      return Math.min(max, [...tables.summaries.values()].filter((row) => row.stage === stage).length);
    },
  };
}
