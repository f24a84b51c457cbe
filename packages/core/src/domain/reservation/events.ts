import type { ValidRequest } from '../create-request.ts';
import type { Timestamp } from '../timestamp.ts';
import type { DataOf } from './fields.ts';

/**
 * Specification and storage format of every event: its name and its fields. Names and shapes never change. A field that
 * came later says since which schema version an event has it, and what its absence means (see stored-event.ts). `at` is a
 * {@link Timestamp}.
 */
export const EVENTS = {
  RESERVATION_CREATED: {
    userId: 'text',
    amountMinor: 'wholeNumber',
    currency: 'text',
    decimals: 'wholeNumber',
    reference: { since: 2, absent: null, is: { nullable: 'text' } },
    metadata: { since: 2, absent: {}, is: 'texts' },
    at: 'text',
  },
  RESERVATION_CONFIRMED: {
    transactionId: 'text',
    message: 'text',
    decidedBy: { byKind: { 'payment-service': {}, operator: { actor: 'text', reason: 'text' } } },
    at: 'text',
  },
  RESERVATION_FAILED: {
    reason: { oneOf: ['declined', 'not-sent', 'found-not-charged'] },
    message: 'text',
    decidedBy: { byKind: { 'payment-service': {}, operator: { actor: 'text', reason: 'text' } } },
    at: 'text',
  },
  PAYMENT_UNRESOLVED: { cause: 'text', detail: 'text', answeredAs: { oneOf: ['pending', 'failed'] }, at: 'text' },
  PAYMENT_ESCALATED: {
    reason: {
      oneOf: ['settlement-gave-up', 'may-not-be-sent-again', 'answered-failed', 'charged-after-failed-answer'],
    },
    detail: 'text',
    transactionId: { nullable: 'text' },
    at: 'text',
  },
} as const;

interface EventOf<Type extends keyof typeof EVENTS> {
  readonly type: Type;
  readonly data: DataOf<(typeof EVENTS)[Type]>;
}

/** The reservation exists and may be charged: no charge is sent before this is on disk. */
export type ReservationCreated = EventOf<'RESERVATION_CREATED'>;

/** It is proved that the charge was executed. Terminal. */
export type ReservationConfirmed = EventOf<'RESERVATION_CONFIRMED'>;

/** It is proved that nothing was charged. Terminal. */
export type ReservationFailed = EventOf<'RESERVATION_FAILED'>;

/** The request's budget ended and the outcome is unknown: settlement goes on. */
export type PaymentUnresolved = EventOf<'PAYMENT_UNRESOLVED'>;

/** Settlement cannot continue: an operator decides. `transactionId` is the charge that was found, if any. */
export type PaymentEscalated = EventOf<'PAYMENT_ESCALATED'>;

/** An event of a reservation. */
export type ReservationEvent =
  | ReservationCreated
  | ReservationConfirmed
  | ReservationFailed
  | PaymentUnresolved
  | PaymentEscalated;

/** Source of a verdict: the payment service, or an operator with name and reason. */
export type DecidedBy = ReservationConfirmed['data']['decidedBy'];

/** What the caller was told when the outcome was unknown: the truth, or (an option for old clients) a failure. */
export type AnswerUnknownAs = PaymentUnresolved['data']['answeredAs'];

/** Why a reservation failed: an explicit decline, a proof that nothing was sent, or an operator's finding. */
export type FailureReason = ReservationFailed['data']['reason'];

/**
 * Why an operator is needed. 'answered-failed': the caller was told "failed" while the outcome was unknown, so that
 * nothing may be sent any more. 'charged-after-failed-answer': the same, and a charge was found.
 */
export type EscalationReason = PaymentEscalated['data']['reason'];

/** Builds RESERVATION_CREATED. */
export function created({ userId, money, reference, metadata }: ValidRequest, at: Timestamp): ReservationCreated {
  const { amountMinor, currency, decimals } = money;
  const data = { userId, amountMinor, currency, decimals, reference, metadata, at };
  return { type: 'RESERVATION_CREATED', data };
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
