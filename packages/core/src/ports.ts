export type { InlineWrites, KeyChange, KeyClaim, KeyName, WorkChange } from './ports/inline-writes.ts';
export { type ApiKey, API_KEYS_LIMIT_MAX, type ApiKeys, type RevokeResult } from './ports/api-keys.ts';
export type { Clock } from './ports/clock.ts';
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
} from './ports/event-store.ts';
export { combineObservers } from './ports/combine-observers.ts';
export { guardTracer } from './ports/guard-tracer.ts';
export type { Observation, Observer, Observers, StoreAlarm } from './ports/observer.ts';
export type { ChargeOptions, ChargeRequest, PaymentGateway, PaymentIdempotency } from './ports/payment-gateway.ts';
export {
  type DueWork,
  TAKE_LIMIT_MAX,
  type TakenWork,
  type WorkGauge,
  type WorkItem,
  type WorkKind,
  type WorkName,
  type WorkRelease,
} from './ports/due-work.ts';
export type { ReservationStore } from './ports/reservation-store.ts';
export {
  COUNT_MAX,
  type KeyHolder,
  PAGE_LIMIT_MAX,
  type ListKey,
  type ListOrder,
  type ListRequest,
  type ReservationPage,
  type ReservationView,
  type StageCount,
} from './ports/reservation-view.ts';
export { type OrphansRemoved, REPAIR_ROWS_MAX, type ViewRepair } from './ports/admin/view-repair.ts';
export type { Runtime } from './ports/runtime.ts';
export {
  type AcquireResult,
  type ResumeResult,
  STOP_REASON_LENGTH_MAX,
  type Subscription,
  type Subscriptions,
  SUBSCRIPTIONS_LIMIT_MAX,
  type SubscriptionStop,
} from './ports/subscriptions.ts';
export type { Span, SpanAttributes, SpanOptions, Tracer } from './ports/tracer.ts';
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
} from './ports/admin/store-transfer.ts';

export {
  API_KEY_NAME_EXPECTED,
  API_KEY_PREFIX_EXPECTED,
  areApiKeyScopes,
  isApiKeyHash,
  isApiKeyName,
  isApiKeyPrefix,
  prefixOfApiKey,
} from './domain/api-key.ts';
export { parseReservationId, type ReservationId, reservationIdFrom } from './domain/ids.ts';
export type { Money } from './domain/money.ts';
export {
  combineOutcomes,
  type NotSentCause,
  type PaymentOutcome,
  type UnknownCause,
} from './domain/payment-outcome.ts';
export type { AnswerUnknownAs, FailureReason } from './domain/reservation/events.ts';
export type { JsonObject } from './domain/reservation/fields.ts';
export type { StoredEvent } from './domain/reservation/stored-event.ts';
export type { ReservationStatus, ReservationSummary, SummaryStage } from './domain/reservation/summary.ts';
export { isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED } from './domain/subscription-name.ts';
export { type Timestamp, toTimestamp } from './domain/timestamp.ts';
export { isReservationError, ReservationError, type ReservationErrorCode } from './errors.ts';
