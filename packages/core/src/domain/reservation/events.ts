import type { Money } from '../money.ts';
import type { Timestamp } from '../timestamp.ts';

/** Who established a verdict. */
export type DecidedBy =
  | { readonly kind: 'payment-service' }
  | { readonly kind: 'operator'; readonly actor: string; readonly reason: string };

/** What the caller was told when the outcome was unknown: the truth, or (an option for old clients) a failure. */
export type AnswerUnknownAs = 'pending' | 'failed';

/** Why a reservation failed: an explicit decline, a proof that nothing was sent, or an operator's finding. */
export type FailureReason = 'declined' | 'not-sent' | 'found-not-charged';

/**
 * Why an operator is needed. 'answered-failed': the caller was told "failed" while the outcome was unknown, so that
 * nothing may be sent any more. 'charged-after-failed-answer': the same, and a charge was found.
 */
export type EscalationReason =
  | 'settlement-gave-up'
  | 'may-not-be-sent-again'
  | 'answered-failed'
  | 'charged-after-failed-answer';

/** The reservation exists and may be charged: no charge is sent before this is on disk. */
export interface ReservationCreated {
  readonly type: 'RESERVATION_CREATED';
  readonly data: {
    readonly userId: string;
    readonly amountMinor: number;
    readonly currency: string;
    readonly decimals: number;
    readonly at: Timestamp;
  };
}

/** It is proved that the charge was executed. Terminal. */
export interface ReservationConfirmed {
  readonly type: 'RESERVATION_CONFIRMED';
  readonly data: {
    readonly transactionId: string;
    readonly message: string;
    readonly decidedBy: DecidedBy;
    readonly at: Timestamp;
  };
}

/** It is proved that nothing was charged. Terminal. */
export interface ReservationFailed {
  readonly type: 'RESERVATION_FAILED';
  readonly data: {
    readonly reason: FailureReason;
    readonly message: string;
    readonly decidedBy: DecidedBy;
    readonly at: Timestamp;
  };
}

/** The request's budget ended and the outcome is unknown: settlement goes on. */
export interface PaymentUnresolved {
  readonly type: 'PAYMENT_UNRESOLVED';
  readonly data: {
    readonly cause: string;
    readonly detail: string;
    readonly answeredAs: AnswerUnknownAs;
    readonly at: Timestamp;
  };
}

/** Settlement cannot continue: an operator decides. `transactionId` is the charge that was found, if any. */
export interface PaymentEscalated {
  readonly type: 'PAYMENT_ESCALATED';
  readonly data: {
    readonly reason: EscalationReason;
    readonly detail: string;
    readonly transactionId: string | null;
    readonly at: Timestamp;
  };
}

/** The storage format: these names and shapes never change (see stored-event.ts for their versions). */
export type ReservationEvent =
  | ReservationCreated
  | ReservationConfirmed
  | ReservationFailed
  | PaymentUnresolved
  | PaymentEscalated;

/** Builds RESERVATION_CREATED. */
export function created(userId: string, money: Money, at: Timestamp): ReservationCreated {
  const { amountMinor, currency, decimals } = money;
  return { type: 'RESERVATION_CREATED', data: { userId, amountMinor, currency, decimals, at } };
}

/** Builds RESERVATION_CONFIRMED. */
export function confirmed(
  transactionId: string,
  message: string,
  decidedBy: DecidedBy,
  at: Timestamp,
): ReservationConfirmed {
  return { type: 'RESERVATION_CONFIRMED', data: { transactionId, message, decidedBy, at } };
}

/** Builds RESERVATION_FAILED. */
export function failed(reason: FailureReason, message: string, decidedBy: DecidedBy, at: Timestamp): ReservationFailed {
  return { type: 'RESERVATION_FAILED', data: { reason, message, decidedBy, at } };
}

/** Builds PAYMENT_ESCALATED. */
export function escalated(
  reason: EscalationReason,
  detail: string,
  transactionId: string | null,
  at: Timestamp,
): PaymentEscalated {
  return { type: 'PAYMENT_ESCALATED', data: { reason, detail, transactionId, at } };
}
