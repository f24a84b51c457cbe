import type { ReservationSummary } from '../domain/reservation/summary.ts';

/** Inline writes of an append: rows written in the transaction of its events, which therefore always agree with them. */
export interface InlineWrites {
  /** The view's row of the reservation after these events; null leaves the view unchanged. */
  readonly summary: ReservationSummary | null;
  readonly payment: PaymentChange;
  readonly key: KeyChange;
}

/** What happens to the reservation's row in the payment queue. Times are milliseconds since the epoch, none negative. */
export type PaymentChange =
  | { readonly kind: 'keep' }
  /** Put the payment into the queue, leased until `leaseUntil` to `owner`, which names this lease and no other. */
  | { readonly kind: 'enqueue'; readonly owner: string; readonly openedAt: number; readonly leaseUntil: number }
  /** Give the payment back, due at `dueAt`. Without effect on the queue when `owner` no longer holds the lease. */
  | { readonly kind: 'release'; readonly owner: string; readonly dueAt: number; readonly lastOutcome: string }
  /** Take the payment out of the queue. With `onlyIfLeasedBy` the whole append holds only while that owner has the lease. */
  | { readonly kind: 'remove'; readonly onlyIfLeasedBy: string | null };

/** Change of an idempotency key. */
export type KeyChange =
  | { readonly kind: 'keep' }
  /** Binds the key to the stream. A key that is bound already, to any stream, refuses the whole append. */
  | ({ readonly kind: 'claim' } & KeyClaim)
  /**
   * Releases the key. No effect unless the key is bound to the stream of this append: a key that another stream claimed since
   * then stays bound. Never refuses the append.
   */
  | ({ readonly kind: 'release' } & KeyName);

/** An idempotency key and its scope. */
export interface KeyName {
  /** The caller: the authenticated principal. */
  readonly scope: string;
  readonly key: string;
}

/** An idempotency key with the fingerprint of its request. It stays bound to its stream until it is released. */
export interface KeyClaim extends KeyName {
  /** Equal for equal bodies as they were sent; independent of rules that a later release may change. */
  readonly fingerprint: string;
}
