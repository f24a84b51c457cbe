import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary, SummaryStage } from '../../domain/reservation/summary.ts';
import {
  type ListKey,
  PAGE_LIMIT_MAX,
  type ReservationPage,
  type ReservationView,
} from '../../ports/reservation-view.ts';

/** Every reservation of the view in the order of creation, or those of one stage, read page by page. */
export async function* allReservations(
  view: ReservationView,
  stage: SummaryStage | null = null,
): AsyncGenerator<ReservationSummary> {
  const by: ListKey | null = stage === null ? null : { field: 'stage', value: stage };
  let after: ReservationId | null = null;
  do {
    const page: ReservationPage = await view.list({ by, order: 'asc', after, limit: PAGE_LIMIT_MAX });
    yield* page.reservations;
    after = page.next;
  } while (after !== null);
}
