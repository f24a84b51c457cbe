import type { ReservationId } from '../domain/ids.ts';
import type { ReservationSummary, SummaryStage } from '../domain/summary.ts';
import type { RebuildRequest, ViewRebuild } from './view-rebuild.ts';

/** The largest page of a listing. */
export const PAGE_LIMIT_MAX = 200;

/** A listing's conditions; null stands for "any". */
export interface ReservationFilter {
  readonly userId: string | null;
  readonly stage: SummaryStage | null;
  /** Only reservations whose id sorts behind this one: the `next` of the page before. */
  readonly after: ReservationId | null;
  /** 1 to {@link PAGE_LIMIT_MAX}. */
  readonly limit: number;
}

/** One page in the order of ids, which is the order of creation. */
export interface ReservationPage {
  readonly reservations: readonly ReservationSummary[];
  /** Where the next page starts, or null when this is the last. */
  readonly next: ReservationId | null;
}

/** The read side. It shows every commit that was acknowledged before the question was asked. */
export interface ReservationView {
  find(id: ReservationId): Promise<ReservationSummary | null>;
  list(filter: ReservationFilter): Promise<ReservationPage>;
  /** Begins a new, empty version of the view beside the one that is shown; supersedes a rebuild that is under way. */
  rebuild(request: RebuildRequest): Promise<ViewRebuild>;
}
