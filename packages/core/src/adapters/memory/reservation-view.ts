import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { PAGE_LIMIT_MAX, type ReservationView } from '../../ports/reservation-view.ts';
import { assertCount, assertPage } from '../support/arguments.ts';
import { keyOf, type Tables } from './tables.ts';

function byId(a: ReservationSummary, b: ReservationSummary): number {
  return a.reservationId < b.reservationId ? -1 : 1;
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
      return [...tables.summaries.values()]
        .filter((row) => row.transactionId === transactionId)
        .sort(byId)
        .slice(0, PAGE_LIMIT_MAX);
    },
    async list({ userId, stage, after, limit }) {
      assertOpen();
      assertPage({ limit });
      const found = [...tables.summaries.values()]
        .filter((row) => userId === null || row.userId === userId)
        .filter((row) => stage === null || row.stage === stage)
        .filter((row) => after === null || row.reservationId > after)
        .sort(byId);
      const reservations = found.slice(0, limit);
      return { reservations, next: found.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
    },
    async count({ stage, max }) {
      assertOpen();
      assertCount({ max });
      return Math.min(max, [...tables.summaries.values()].filter((row) => row.stage === stage).length);
    },
  };
}
