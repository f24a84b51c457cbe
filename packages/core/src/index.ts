export { createReservations, type ReservationsOptions } from './create-reservations.ts';
export { createSubscription, followEvents, type FollowOptions, type SubscriptionOptions } from './feed.ts';
export type { CallerOptions } from './application/caller.ts';
export type { CreateOptions, CreateResult } from './application/reserve/create-reservation.ts';
export type { Reservations } from './application/engine.ts';
export {
  type LedgerCharge,
  type LedgerDifference,
  reconcileLedger,
  type Reconciliation,
} from './application/operations/reconcile-ledger.ts';
export type { MoveOptions, MoveProgress, MoveResult } from './application/move/move-store.ts';
export type { MoveCounts, MoveEnds } from './application/move/verify-move.ts';
export {
  LEDGER_SOURCE_LENGTH_MAX,
  type LedgerEvidence,
  type LedgerResolution,
  type LedgerSilence,
  type LeftToOperator,
  type ResolvedByLedger,
} from './application/operations/resolve-by-ledger.ts';
export { moveStore, repairView, resolveByLedger, resolvePayment } from './operate.ts';
export type { Resolution, ResolveResult } from './application/operations/resolve-payment.ts';
export type { RepairedView, RepairProgress, RepairViewOptions } from './application/operations/repair-view.ts';
export { type Verification, verifyStore } from './application/operations/verify-store.ts';
export type { EventHandler } from './application/feed/deliver.ts';
export type { FeedEvent, ReservationFeedEvent, UnknownFeedEvent } from './application/feed/feed-event.ts';
export type { PollOptions } from './application/feed/options.ts';
export type { SubscriptionDeps, SubscriptionWorker } from './application/feed/subscription.ts';
export type { SubscriptionTuning } from './application/feed/subscription-policy.ts';
export type { SettlementOptions } from './application/payments/settlement-policy.ts';
export { systemRuntime } from './adapters/system/runtime.ts';

export { ANONYMOUS_CALLER, CALLER_EXPECTED, CALLER_LENGTH_MAX, parseCaller } from './domain/caller.ts';
export { currencyDecimals } from './domain/currency.ts';
export {
  AMOUNT_MINOR_MAX,
  type AmountFault,
  formatMoney,
  type Money,
  parseMinorUnits,
  toMajorUnits,
} from './domain/money.ts';
export { chargeIdOf, reservationOfCharge } from './domain/charge-id.ts';
export { parseReservationId, type ReservationId, reservationIdFrom } from './domain/ids.ts';
export { IDEMPOTENCY_KEY_EXPECTED, IDEMPOTENCY_KEY_LENGTH_MAX, isIdempotencyKey } from './domain/idempotency-key.ts';
export {
  type CreateRequest,
  DEFAULT_CURRENCY,
  type ParsedRequest,
  parseCreateRequest,
  type RequestFault,
  type RequestFaultCode,
  type RequestField,
  USER_ID_LENGTH_MAX,
  type ValidRequest,
} from './domain/create-request.ts';
export type { Command, Create, Escalate, Finding, RecordOutcome, Resolve } from './domain/reservation/commands.ts';
export {
  combineOutcomes,
  type NotSentCause,
  type PaymentOutcome,
  type UnknownCause,
} from './domain/payment-outcome.ts';
export type { Rejection } from './domain/reservation/reservation.ts';
export type {
  AnswerUnknownAs,
  DecidedBy,
  EscalationReason,
  FailureReason,
  PaymentEscalated,
  PaymentUnresolved,
  ReservationConfirmed,
  ReservationCreated,
  ReservationEvent,
  ReservationFailed,
} from './domain/reservation/events.ts';
export {
  type ConfirmedReservation,
  decide,
  type Decision,
  type EscalatedReservation,
  evolve,
  type FailedReservation,
  initialState,
  isOpen,
  isRejection,
  type NoReservation,
  type OpenReservation,
  type ProcessingReservation,
  type Reservation,
  type ReservationStage,
  type SettledReservation,
  type UnresolvedReservation,
} from './domain/reservation/reservation.ts';
export {
  decodeEvent,
  encodeEvent,
  isKnownEvent,
  type JsonObject,
  type StoredEvent,
} from './domain/reservation/stored-event.ts';
export {
  isSubscriptionName,
  SUBSCRIPTION_NAME_EXPECTED,
  SUBSCRIPTION_NAME_LENGTH_MAX,
} from './domain/subscription-name.ts';
export { lengthInCharacters } from './domain/text-length.ts';
export {
  type ReservationStatus,
  type ReservationSummary,
  summarize,
  type SummaryStage,
} from './domain/reservation/summary.ts';
export { type Timestamp, toTimestamp } from './domain/timestamp.ts';
export { isTransactionId, TRANSACTION_ID_EXPECTED } from './domain/transaction-id.ts';

export type { InlineWrites, KeyChange, KeyClaim, KeyName, WorkChange } from './ports/inline-writes.ts';
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
  type KeyHolder,
  PAGE_LIMIT_MAX,
  type ReservationFilter,
  type ReservationPage,
  type ReservationView,
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
export { assert, isReservationError, ReservationError, type ReservationErrorCode } from './errors.ts';
