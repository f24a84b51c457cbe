import type { ApiKeys } from './api-keys.ts';
import type { ViewRepair } from './admin/view-repair.ts';
import type { EventStore } from './event-store.ts';
import type { DueWork } from './due-work.ts';
import type { ReservationView } from './reservation-view.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * The interface of an adapter: log, view and due work over one database, so that one transaction covers all three, the
 * checkpoints of subscriptions, and the server's API keys.
 */
export interface ReservationStore {
  readonly events: EventStore;
  readonly view: ReservationView;
  /** For tools: corrects the view in place. */
  readonly repair: ViewRepair;
  readonly work: DueWork;
  readonly subscriptions: Subscriptions;
  readonly apiKeys: ApiKeys;
  /** Resolves when a commit succeeds. @throws {ReservationError} STORE_UNAVAILABLE otherwise. */
  checkWritable(): Promise<void>;
  /**
   * Waits for running calls, then closes; later calls of every member reject with STORE_CLOSED, and `onCommit` throws it.
   * Idempotent.
   */
  close(): Promise<void>;
}
