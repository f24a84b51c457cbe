import type { ReservationId } from '../domain/ids.ts';
import type { ReservationSummary, SummaryStage } from '../domain/reservation/summary.ts';
import type { KeyClaim } from './inline-writes.ts';

/** Largest page of a listing. */
export const PAGE_LIMIT_MAX = 200;

/** Order of a listing: by id, which is the order of creation, or the newest first. */
export type ListOrder = 'asc' | 'desc';

/**
 * The field that the rows of a listing have in common. A store has an index for each, in the order of ids, and none for
 * combinations. The anonymous caller is no key: its reservations need no index, and listing by it rejects.
 */
export type ListKey =
  | { readonly field: 'stage'; readonly value: SummaryStage }
  | { readonly field: 'userId' | 'caller' | 'reference' | 'transactionId'; readonly value: string };

/** What a page holds. */
export interface ListRequest {
  /** Null for all reservations. */
  readonly by: ListKey | null;
  readonly order: ListOrder;
  /** Only reservations behind this one in the order: the `next` of the previous page. */
  readonly after: ReservationId | null;
  /** 1 to {@link PAGE_LIMIT_MAX}. */
  readonly limit: number;
}

/** One page in the order of the request. */
export interface ReservationPage {
  readonly reservations: readonly ReservationSummary[];
  /** Start of the next page, or null on the last one. */
  readonly next: ReservationId | null;
}

/** Largest number that a count of reservations returns. */
export const COUNT_MAX = 100_000;

/** Which reservations are counted, and how far. */
export interface StageCount {
  readonly stage: SummaryStage;
  /** The count stops at this number, 1 to {@link COUNT_MAX}. */
  readonly max: number;
}

/** Stream and fingerprint of a bound idempotency key, as the append wrote them that claimed it. */
export interface KeyHolder {
  readonly stream: string;
  readonly fingerprint: string;
}

/**
 * The read side. A read sees every commit that was acknowledged before it began. A limit outside of its bounds rejects with
 * any error.
 */
export interface ReservationView {
  find(id: ReservationId): Promise<ReservationSummary | null>;
  /** Returns the holder of the key in this scope, or null for a key that is free. */
  findByKey(key: Pick<KeyClaim, 'scope' | 'key'>): Promise<KeyHolder | null>;
  /**
   * Returns the reservations with this transaction id (confirmed with it, or escalated after a charge with it), ordered by
   * id, at most {@link PAGE_LIMIT_MAX}. More than one means that the payment service used an id twice.
   */
  findByTransaction(transactionId: string): Promise<readonly ReservationSummary[]>;
  /** Returns a page. An adapter reads the rows of the page, and one more, by the index of the key. */
  list(request: ListRequest): Promise<ReservationPage>;
  /** Returns the number of reservations in a stage, or `max` when there are more. */
  count(request: StageCount): Promise<number>;
}
