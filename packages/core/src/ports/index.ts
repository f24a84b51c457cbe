export type { InlineWrites, KeyChange, KeyClaim, KeyName, WorkChange } from './inline-writes.ts';
export type { Clock } from './clock.ts';
export {
  type AppendRequest,
  type AppendResult,
  type EventMetadata,
  EVENTS_PER_APPEND_MAX,
  type EventStore,
  type ExpectedVersion,
  type NewEvent,
  READ_LIMIT_MAX,
  type RecordedEvent,
} from './event-store.ts';
export { combineObservers } from './combine-observers.ts';
export type { Observation, Observer, Observers, StoreAlarm } from './observer.ts';
export type { ChargeOptions, ChargeRequest, PaymentGateway, PaymentIdempotency } from './payment-gateway.ts';
export {
  type DueWork,
  TAKE_LIMIT_MAX,
  type TakenWork,
  type WorkGauge,
  type WorkItem,
  type WorkKind,
  type WorkName,
  type WorkRelease,
} from './due-work.ts';
export type { ReservationStore } from './reservation-store.ts';
export {
  type KeyHolder,
  PAGE_LIMIT_MAX,
  type ReservationFilter,
  type ReservationPage,
  type ReservationView,
} from './reservation-view.ts';
export { type OrphansRemoved, REPAIR_ROWS_MAX, type ViewRepair } from './admin/view-repair.ts';
export type { Runtime } from './runtime.ts';
export {
  type AcquireResult,
  type ResumeResult,
  STOP_REASON_LENGTH_MAX,
  type Subscription,
  type Subscriptions,
  SUBSCRIPTIONS_LIMIT_MAX,
  type SubscriptionStop,
} from './subscriptions.ts';
export {
  type EventText,
  type KeyPlace,
  type MoveRecord,
  type StoredCheckpoint,
  type StoredKey,
  type StoredWork,
  type StreamPlace,
  type TargetState,
  TRANSFER_ROWS_MAX,
  type TransferPage,
  type TransferRows,
  type TransferSource,
  type TransferTarget,
} from './admin/store-transfer.ts';
