export { createReservations, type ReservationsOptions } from './create-reservations.ts';
export type { Reservations } from './application/engine.ts';
export type { CallerOptions } from './application/caller.ts';
export type { ReservationListFilter } from './application/list-reservations.ts';
export type { CreateOptions, CreateResult } from './application/reserve/create-reservation.ts';
export type { SettlementOptions } from './application/payments/settlement-policy.ts';
export { systemRuntime } from './adapters/system/runtime.ts';

export { createSubscription, followEvents, type FollowOptions, type SubscriptionOptions } from './feed.ts';
export type { EventHandler } from './application/feed/deliver.ts';
export type { FeedEvent, ReservationFeedEvent, UnknownFeedEvent } from './application/feed/feed-event.ts';
export type { PollOptions, UnknownEventOptions } from './application/feed/options.ts';
export type { SubscriptionWorker } from './application/feed/subscription.ts';
export type { SubscriptionTuning } from './application/feed/subscription-policy.ts';

export { ANONYMOUS_CALLER, parseCaller } from './domain/caller.ts';
export {
  type CreateRequest,
  DEFAULT_CURRENCY,
  type ParsedRequest,
  parseCreateRequest,
  REFERENCE_LENGTH_MAX,
  USER_ID_LENGTH_MAX,
  type ValidRequest,
} from './domain/create-request.ts';
export { currencyDecimals } from './domain/currency.ts';
export { IDEMPOTENCY_KEY_LENGTH_MAX, isIdempotencyKey } from './domain/idempotency-key.ts';
export { parseReservationId, type ReservationId } from './domain/ids.ts';
export { METADATA_LIMITS, type ReservationMetadata } from './domain/metadata.ts';
export { AMOUNT_MINOR_MAX, type AmountFault, formatMoney, type Money, toMajorUnits } from './domain/money.ts';
export type { PaymentOutcome } from './domain/payment-outcome.ts';
export type { RequestFault, RequestFaultCode, RequestField } from './domain/request-fault.ts';
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
export type { ReservationStatus, ReservationSummary, SummaryStage } from './domain/reservation/summary.ts';
export { escapeInvisible } from './domain/display-text.ts';
export { lengthInCharacters } from './domain/text-length.ts';
export type { Timestamp } from './domain/timestamp.ts';

export { isReservationError, ReservationError, type ReservationErrorCode } from './errors.ts';
export type { Clock } from './ports/clock.ts';
export { combineObservers } from './ports/combine-observers.ts';
export type { EventMetadata, RecordedEvent } from './ports/event-store.ts';
export type { Observation, Observer, Observers, StoreAlarm } from './ports/observer.ts';
export type { PaymentGateway } from './ports/payment-gateway.ts';
export type { ReservationStore } from './ports/reservation-store.ts';
export { type ListOrder, PAGE_LIMIT_MAX, type ReservationPage } from './ports/reservation-view.ts';
export type { Runtime } from './ports/runtime.ts';
export type { Tracer } from './ports/tracer.ts';
