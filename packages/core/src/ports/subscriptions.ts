/** The largest number of subscriptions that one call lists. */
export const SUBSCRIPTIONS_LIMIT_MAX = 1_000;

/** The longest reason for a stop that is kept, in UTF-16 code units. */
export const STOP_REASON_LENGTH_MAX = 1_000;

/** How far a named reader of the log has come. Times are milliseconds since the epoch. */
export interface Subscription {
  readonly name: string;
  /** Everything up to here was handled. */
  readonly position: number;
  /** Who holds the lease; null when nobody does. */
  readonly owner: string | null;
  /** When somebody else may take it; 0 when nobody holds it. */
  readonly leaseUntil: number;
  /** Set when it stopped at an event that it could not get past. */
  readonly stopped: SubscriptionStop | null;
}

/** An event that could not be handled, and what came of trying. */
export interface SubscriptionStop {
  /** Position of that event. */
  readonly position: number;
  /** For people; at most {@link STOP_REASON_LENGTH_MAX}. */
  readonly reason: string;
}

/** What came of asking for the lease. */
export type AcquireResult =
  /** It is the asker's until the time that it gave; the next event to handle is the one behind `position`. */
  | { readonly kind: 'acquired'; readonly position: number }
  /** Somebody else has it; it ends at `until` unless it is renewed. */
  | { readonly kind: 'held'; readonly until: number }
  /** Nobody gets it until a person resumes the subscription. */
  | { readonly kind: 'stopped'; readonly position: number; readonly reason: string };

/** What came of resuming. Only "resumed" changed something. */
export type ResumeResult =
  /** Whoever acquires it next goes on behind `position`. */
  | { readonly kind: 'resumed'; readonly position: number }
  | { readonly kind: 'not-stopped' }
  /** The event to be skipped is not the one where it stopped. */
  | { readonly kind: 'stopped-elsewhere'; readonly position: number }
  | { readonly kind: 'unknown' };

/**
 * The durable checkpoints of named readers, each read by at most one owner at a time: a lease goes to somebody else
 * only after its end, and from then on its former owner changes nothing any more. Until somebody takes it, an owner
 * that comes late still holds it. All times are the callers'. A name that is none (see `isSubscriptionName`), a lease
 * that does not end after `now`, and a limit outside of its bounds reject with any error and change nothing.
 */
export interface Subscriptions {
  /**
   * Leases the subscription, and creates it on first use, with everything up to `startAfter` counted as handled. The
   * owner that holds it already gets it again, so that an acquisition whose acknowledgement was lost can be repeated; the
   * lease does not end earlier for it.
   */
  acquire(request: {
    readonly name: string;
    /** Names this lease; never used for another one. */
    readonly owner: string;
    readonly startAfter: number;
    readonly now: number;
    readonly leaseUntil: number;
  }): Promise<AcquireResult>;
  /**
   * Moves the checkpoint to `position`, unless it is there or further, and renews the lease, which does not end earlier
   * for a request that comes late. False, without effect, when `owner` does not hold the lease.
   */
  advance(request: {
    readonly name: string;
    readonly owner: string;
    readonly position: number;
    readonly leaseUntil: number;
  }): Promise<boolean>;
  /** Moves the checkpoint like {@link advance} and gives up the lease; false, without effect, when `owner` does not hold it. */
  release(request: { readonly name: string; readonly owner: string; readonly position: number }): Promise<boolean>;
  /**
   * Stops at the event at `position`: everything before it counts as handled, and the lease is given up. False, without
   * effect, when `owner` does not hold it.
   */
  stop(request: {
    readonly name: string;
    readonly owner: string;
    readonly position: number;
    readonly reason: string;
  }): Promise<boolean>;
  /**
   * Lets a stopped subscription be acquired again: at the event where it stopped, or behind it when `skip` is that
   * event's position, for which the caller answers.
   */
  resume(request: { readonly name: string; readonly skip: number | null }): Promise<ResumeResult>;
  /** In the order of names, byte by byte; at most `limit`, 1 to {@link SUBSCRIPTIONS_LIMIT_MAX}. */
  list(request: { readonly limit: number }): Promise<readonly Subscription[]>;
}
