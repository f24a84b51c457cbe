import type { CallerOptions, Reservations, ReservationSummary } from '@reservations/core';
import { callerOf, visibilityOf } from '../../auth/principal.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';

/** Returns the reservation that a request is about. Answers 404 and returns null when the sender has none of this id. */
export async function findReservation(
  ctx: AppContext,
  reservations: Pick<Reservations, 'get'>,
  id: string,
): Promise<ReservationSummary | null> {
  const summary = await reservations.get(id, readerOf(ctx));
  if (summary === null) answerProblem(ctx, { code: 'reservation_not_found', detail: 'Reservation not found' });
  else ctx.state.reservationId = summary.reservationId;
  return summary;
}

/** Returns who reads, and what it may see. */
export function readerOf({ state: { principal } }: AppContext): CallerOptions {
  return { caller: callerOf(principal), visibility: visibilityOf(principal) };
}
