import type { Reservations, ReservationSummary } from '@reservations/core';
import { callerOf, visibilityOf } from '../../auth/principal.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';

/** Returns the reservation that a request is about. Answers 404 and returns null when the sender has none of this id. */
export async function findReservation(
  ctx: AppContext,
  reservations: Pick<Reservations, 'get'>,
  id: string,
): Promise<ReservationSummary | null> {
  const { principal } = ctx.state;
  const summary = await reservations.get(id, { caller: callerOf(principal), visibility: visibilityOf(principal) });
  if (summary === null) answerProblem(ctx, { code: 'reservation_not_found', detail: 'Reservation not found' });
  else ctx.state.reservationId = summary.reservationId;
  return summary;
}
