/** The kinds of due work; each has one handler. A store holds items of any kind, also of a later release. */
export type WorkKind = 'charge';

/** The largest number of items that one call takes or lists. */
export const TAKE_LIMIT_MAX = 1_000;

/** Names an item. Items of different kinds may have the same id. */
export interface WorkName {
  readonly kind: WorkKind;
  /** Id of the operation; for a charge see `chargeIdOf`. */
  readonly id: string;
}

/** Work that is due at a time. Times are milliseconds since the epoch, none negative. */
export interface WorkItem extends WorkName {
  readonly openedAt: number;
  /** Number of times that it was taken. */
  readonly attempts: number;
  /** From when on it may be taken: the end of the lease, or of the pause after the last attempt. */
  readonly dueAt: number;
  /** Holder of the lease; null while it waits. */
  readonly owner: string | null;
  /** Last known outcome, as text; null before the first attempt ended. */
  readonly lastOutcome: string | null;
}

/** An item whose lease was just taken; `dueAt` is the end of that lease. */
export interface TakenWork extends WorkItem {
  readonly owner: string;
}

/** Gives a leased item back. */
export interface WorkRelease extends WorkName {
  /** Holder of the lease. */
  readonly owner: string;
  readonly dueAt: number;
  readonly lastOutcome: string;
}

/** Number of open items of a kind, the age of the oldest, and the next due time. */
export interface WorkGauge {
  readonly open: number;
  readonly oldestOpenedAt: number | null;
  readonly nextDueAt: number | null;
}

/**
 * A queue of due work. At most one owner works on an item at a time: a lease ends by itself, so that an item that a dead
 * process held becomes due again. Each call concerns one kind and leaves the others alone.
 */
export interface DueWork {
  /**
   * Leases up to `limit` due items to `owner`, the longest due first, of those due at the same time by id, and counts
   * the attempt. Concurrent calls never return the same item. A `limit` outside of 1 to {@link TAKE_LIMIT_MAX}, or a
   * lease that does not end after `now`, rejects with any error and takes nothing.
   */
  take(request: {
    readonly kind: WorkKind;
    /** Names this lease; never used for another one. */
    readonly owner: string;
    readonly now: number;
    readonly leaseUntil: number;
    readonly limit: number;
  }): Promise<readonly TakenWork[]>;
  /** Gives a leased item back, due at `dueAt`; false, without effect, when `owner` does not hold the lease. */
  release(request: WorkRelease): Promise<boolean>;
  /** The open items, the oldest first, of equal age by id; at most `limit`, 1 to {@link TAKE_LIMIT_MAX}. */
  list(request: { readonly kind: WorkKind; readonly limit: number }): Promise<readonly WorkItem[]>;
  gauge(request: { readonly kind: WorkKind }): Promise<WorkGauge>;
}
