import type { ReservationId } from '../domain/ids.ts';
import type { ReservationSummary, SummaryStage } from '../domain/reservation/summary.ts';
import type { KeyClaim } from './inline-writes.ts';
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

/** What an idempotency key is tied to, as the append wrote it that claimed the key. */
export interface KeyHolder {
  readonly stream: string;
  readonly fingerprint: string;
}

/**
 * The read side. It shows every commit that was acknowledged before the question was asked. A limit outside of its
 * bounds rejects with any error.
 */
export interface ReservationView {
  find(id: ReservationId): Promise<ReservationSummary | null>;
  /** Finds what holds the key in this scope, or null for a key that is free. */
  findByKey(key: Pick<KeyClaim, 'scope' | 'key'>): Promise<KeyHolder | null>;
  /**
   * Finds the reservations that show this transaction id (confirmed with it, or escalated after a charge with it), in
   * the order of ids, at most {@link PAGE_LIMIT_MAX}. More than one means that the payment service used an id twice.
   */
  findByTransaction(transactionId: string): Promise<readonly ReservationSummary[]>;
  list(filter: ReservationFilter): Promise<ReservationPage>;
  /** Begins a new, empty version of the view beside the one that is shown; supersedes a rebuild that is under way. */
  rebuild(request: RebuildRequest): Promise<ViewRebuild>;
}
