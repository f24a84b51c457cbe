import type { Reservations, ReservationStore } from '@reservations/core';
import { answerJson } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { findReservation } from '../reservations/find-reservation.ts';
import { readHistory } from './history.ts';

/** Options of the routes of events. */
export interface EventRoutesOptions {
  readonly reservations: Pick<Reservations, 'get'>;
  readonly store: Pick<ReservationStore, 'events'>;
}

/** `GET /reservations/{reservation_id}/events`. */
export function getHistory({
  reservations,
  store,
}: EventRoutesOptions): (ctx: AppContext, id: string) => Promise<void> {
  return async (ctx, id) => {
    const summary = await findReservation(ctx, reservations, id);
    if (summary === null) return;
    const { reservationId } = summary;
    ctx.set('Cache-Control', 'private, no-cache');
    answerJson(ctx, 200, { reservation_id: reservationId, events: await readHistory(store, reservationId) });
  };
}
