import type { ReservationSummary } from '../domain/reservation/summary.ts';

/** What an append writes in the transaction of its events, so that there is nothing to keep in step afterwards. */
export interface InlineWrites {
  /** The reservation's row of the view after these events; null leaves the view as it is. */
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

/** What happens to an idempotency key. */
export type KeyChange =
  | { readonly kind: 'keep' }
  /** Bind the key to the stream. A key that is bound already, to any stream, refuses the whole append. */
  | ({ readonly kind: 'claim' } & KeyClaim)
  /**
   * Free the key. Without effect unless the key is bound to the stream of this append: a key that another stream
   * claimed since then stays bound. Never refuses the append.
   */
  | ({ readonly kind: 'release' } & KeyName);

/** An idempotency key as a caller sent it. */
export interface KeyName {
  /** Whose key it is: the authenticated principal. */
  readonly scope: string;
  readonly key: string;
}

/** An idempotency key with the body that it was sent with. It stays bound to its stream until it is released. */
export interface KeyClaim extends KeyName {
  /** Equal for equal bodies, as they were sent: it depends on no rule that a later release may change. */
  readonly fingerprint: string;
}
