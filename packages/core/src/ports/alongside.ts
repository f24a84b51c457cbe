import type { ReservationSummary } from '../domain/summary.ts';

/** What an append writes in the transaction of its events, so that there is nothing to keep in step afterwards. */
export interface Alongside {
  /** The reservation's row of the view after these events; null leaves the view as it is. */
  readonly summary: ReservationSummary | null;
  readonly payment: PaymentChange;
  /** The idempotency key to be claimed for the stream; null claims none. */
  readonly claim: KeyClaim | null;
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

/** An idempotency key as a caller sent it, for ever tied to one stream and one body. */
export interface KeyClaim {
  /** Whose key it is: the authenticated principal. */
  readonly scope: string;
  readonly key: string;
  /** Equal for equal bodies, as they were sent: it depends on no rule that a later release may change. */
  readonly fingerprint: string;
}
