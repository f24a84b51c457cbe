import type { EventStore } from './event-store.ts';
import type { PaymentQueue } from './due-work.ts';
import type { ReservationView } from './reservation-view.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * What an adapter provides: log, view and queue over one database, so that one transaction covers all three, and the
 * checkpoints of those who read the log.
 */
export interface ReservationStore {
  readonly events: EventStore;
  readonly view: ReservationView;
  readonly payments: PaymentQueue;
  readonly subscriptions: Subscriptions;
  /** Resolves when a commit succeeds now. @throws {ReservationError} STORE_UNAVAILABLE otherwise. */
  checkWritable(): Promise<void>;
  /**
   * Waits for what is under way and closes; further calls of every member reject with STORE_CLOSED, and `onCommit` throws
   * it. Idempotent.
   */
  close(): Promise<void>;
}
