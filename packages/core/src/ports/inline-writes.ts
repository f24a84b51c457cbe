import type { WorkName, WorkRelease } from './due-work.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';

/** Inline writes of an append: rows written in the transaction of its events, which therefore always agree with them. */
export interface InlineWrites {
  /** The view's row of the reservation after these events; null leaves the view unchanged. */
  readonly summary: ReservationSummary | null;
  readonly work: WorkChange;
  readonly key: KeyChange;
}

/** Change of the queue of due work. Times are milliseconds since the epoch, none negative. */
export type WorkChange =
  | { readonly change: 'keep' }
  /** Adds an item, leased until `leaseUntil` to `owner`, which names this lease and no other. It must not be there. */
  | ({
      readonly change: 'enqueue';
      readonly owner: string;
      readonly openedAt: number;
      readonly leaseUntil: number;
    } & WorkName)
  /** Gives an item back, due at `dueAt`. No effect on the queue when `owner` no longer holds the lease. */
  | ({ readonly change: 'release' } & WorkRelease)
  /** Removes an item. With `onlyIfLeasedBy` the whole append holds only while that owner has the lease. */
  | ({ readonly change: 'remove'; readonly onlyIfLeasedBy: string | null } & WorkName);

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
