/** Largest number of subscriptions returned by one call of {@link Subscriptions.list}. */
export const SUBSCRIPTIONS_LIMIT_MAX = 1_000;

/** Longest stored reason of a stop, in UTF-16 code units. */
export const STOP_REASON_LENGTH_MAX = 1_000;

/** Progress of a named reader of the log. Times are milliseconds since the epoch. */
export interface Subscription {
  readonly name: string;
  /** Every event up to this position was handled. */
  readonly position: number;
  /** Holder of the lease; null when the subscription is free. */
  readonly owner: string | null;
  /** End of the lease; 0 when the subscription is free. */
  readonly leaseUntil: number;
  /** Set when the subscription stopped at an event that could not be handled. */
  readonly stopped: SubscriptionStop | null;
}

/** The event that could not be handled, and why. */
export interface SubscriptionStop {
  /** Position of the event. */
  readonly position: number;
  /** Text for operators; at most {@link STOP_REASON_LENGTH_MAX}. */
  readonly reason: string;
}

/** Result of {@link Subscriptions.acquire}. */
export type AcquireResult =
  /** The lease was granted until the requested time; the next event to handle is the one behind `position`. */
  | { readonly kind: 'acquired'; readonly position: number }
  /** Another owner holds the lease, which ends at `until` unless it is renewed. */
  | { readonly kind: 'held'; readonly until: number }
  /** The subscription is stopped until an operator resumes it. */
  | { readonly kind: 'stopped'; readonly position: number; readonly reason: string };

/** Result of {@link Subscriptions.resume}. Only "resumed" changed something. */
export type ResumeResult =
  /** The next owner continues behind `position`. */
  | { readonly kind: 'resumed'; readonly position: number }
  | { readonly kind: 'not-stopped' }
  /** The subscription stopped at another event than the one to skip. */
  | { readonly kind: 'stopped-elsewhere'; readonly position: number }
  | { readonly kind: 'unknown' };

/**
 * Durable checkpoints of named readers, each read by at most one owner at a time. Another owner can acquire a lease only
 * after its end; from then on the former owner's calls have no effect. Until another owner acquires it, the former owner
 * still holds it, even after its end. All times are the caller's. An invalid name (see `isSubscriptionName`), a lease
 * that does not end after `now`, and a limit outside of its bounds reject with any error and change nothing.
 */
export interface Subscriptions {
  /**
   * Leases the subscription, creating it on first use with everything up to `startAfter` counted as handled. An owner that
   * holds the lease already gets it again, so that an acquisition whose acknowledgement was lost can be repeated; the end
   * of the lease never moves back.
   */
  acquire(request: {
    readonly name: string;
    /** Identifies this lease; never reused. */
    readonly owner: string;
    readonly startAfter: number;
    readonly now: number;
    readonly leaseUntil: number;
  }): Promise<AcquireResult>;
  /**
   * Moves the checkpoint forward to `position` and extends the lease; neither ever moves back. Returns false, without
   * effect, when `owner` does not hold the lease.
   */
  advance(request: {
    readonly name: string;
    readonly owner: string;
    readonly position: number;
    readonly leaseUntil: number;
  }): Promise<boolean>;
  /** Moves the checkpoint like {@link advance} and releases the lease; false, without effect, when `owner` does not hold it. */
  release(request: { readonly name: string; readonly owner: string; readonly position: number }): Promise<boolean>;
  /**
   * Stops at the event at `position`: counts everything before it as handled and releases the lease. Returns false,
   * without effect, when `owner` does not hold the lease.
   */
  stop(request: {
    readonly name: string;
    readonly owner: string;
    readonly position: number;
    readonly reason: string;
  }): Promise<boolean>;
  /**
   * Makes a stopped subscription available again: at the event where it stopped, or behind it when `skip` is the position
   * of that event.
   */
  resume(request: { readonly name: string; readonly skip: number | null }): Promise<ResumeResult>;
  /** Lists subscriptions ordered by name, byte by byte; at most `limit`, 1 to {@link SUBSCRIPTIONS_LIMIT_MAX}. */
  list(request: { readonly limit: number }): Promise<readonly Subscription[]>;
}
