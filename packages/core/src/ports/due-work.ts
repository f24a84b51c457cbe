import type { ReservationId } from '../domain/ids.ts';

/** The largest number of payments that one call takes. */
export const TAKE_LIMIT_MAX = 1_000;

/** A payment without a verdict. Times are milliseconds since the epoch, none negative. */
export interface QueuedPayment {
  readonly reservationId: ReservationId;
  readonly openedAt: number;
  /** How often settlement took it. */
  readonly attempts: number;
  /** When somebody may take it: the end of the lease, or of the pause after the last attempt. */
  readonly dueAt: number;
  /** Who holds the lease; null while it waits. */
  readonly owner: string | null;
  /** Last known outcome, as text; null before the first attempt ended. */
  readonly lastOutcome: string | null;
}

/** A payment whose lease was just taken; `dueAt` is the end of that lease. */
export interface TakenPayment extends QueuedPayment {
  readonly owner: string;
}

/** How many payments are open, and since when the oldest is. */
export interface PaymentQueueGauge {
  readonly open: number;
  readonly oldestOpenedAt: number | null;
  readonly nextDueAt: number | null;
}

/**
 * The payments that have no verdict, due at a time, each worked on by at most one owner: a lease ends by
 * itself, so that what a dead process held becomes due again.
 */
export interface PaymentQueue {
  /**
   * Leases up to `limit` due payments to `owner`, the longest due first, of those due at the same time by id, and counts
   * the attempt.
   * No payment is handed to two owners at a time, however many ask. A `limit` outside of 1 to {@link TAKE_LIMIT_MAX},
   * or a lease that does not end after `now`, rejects with any error and takes nothing.
   */
  take(request: {
    /** Names this lease; never used for another one. */
    readonly owner: string;
    readonly now: number;
    readonly leaseUntil: number;
    readonly limit: number;
  }): Promise<readonly TakenPayment[]>;
  /** Gives a leased payment back, due at `dueAt`; false, without effect, when `owner` does not hold the lease. */
  release(request: {
    readonly reservationId: ReservationId;
    readonly owner: string;
    readonly dueAt: number;
    readonly lastOutcome: string;
  }): Promise<boolean>;
  /** The open payments, the oldest first, of equal age by id; at most `limit`, 1 to {@link TAKE_LIMIT_MAX}. */
  list(request: { readonly limit: number }): Promise<readonly QueuedPayment[]>;
  gauge(): Promise<PaymentQueueGauge>;
}
