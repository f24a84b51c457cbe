// Events, state, evolve and decide stand in one file, in this order, so that the domain reads as one specification;
// that is why it is longer than others.
import type { Command, Finding } from './commands.ts';
import type { Money } from './money.ts';
import type { PaymentOutcome } from './payment-outcome.ts';
import type { Rejection } from './rejections.ts';
import type { Timestamp } from './timestamp.ts';

// ── Events ───────────────────────────────────────────────────────────────────────────────────────

/** Who established a verdict. */
export type DecidedBy =
  | { readonly kind: 'payment-service' }
  | { readonly kind: 'operator'; readonly actor: string; readonly reason: string };

/** What the caller was told when the outcome was unknown: the truth, or (an option for old clients) a failure. */
export type AnsweredAs = 'pending' | 'failed';

/** Why a reservation failed: an explicit decline, a proof that nothing was sent, or a person's finding. */
export type FailureReason = 'declined' | 'not-sent' | 'found-not-charged';

/**
 * Why an operator is needed. 'answered-failed': the caller was told "failed" while the outcome was unknown, so that
 * nothing may be sent any more. 'charged-after-failed-answer': so, and a charge was found.
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
    readonly answeredAs: AnsweredAs;
    readonly at: Timestamp;
  };
}

/** Settlement cannot go on: a person decides. `transactionId` is the charge that was found, if one was. */
export interface PaymentEscalated {
  readonly type: 'PAYMENT_ESCALATED';
  readonly data: {
    readonly reason: EscalationReason;
    readonly detail: string;
    readonly transactionId: string | null;
    readonly at: Timestamp;
  };
}

/** The storage format: these names and shapes are for ever (see stored-event.ts for their versions). */
export type ReservationEvent =
  | ReservationCreated
  | ReservationConfirmed
  | ReservationFailed
  | PaymentUnresolved
  | PaymentEscalated;

// ── State ────────────────────────────────────────────────────────────────────────────────────────

interface Existing {
  readonly userId: string;
  readonly money: Money;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Before the first event. */
export interface NoReservation {
  readonly stage: 'none';
}

/** Charging is under way, or the process that did it died. */
export interface ProcessingReservation extends Existing {
  readonly stage: 'processing';
}

/** The request ended without a verdict; settlement looks for one. */
export interface UnresolvedReservation extends Existing {
  readonly stage: 'unresolved';
  readonly answeredAs: AnsweredAs;
}

/** Settlement cannot go on; a person looks for the verdict. */
export interface EscalatedReservation extends Existing {
  readonly stage: 'escalated';
  readonly answeredAs: AnsweredAs;
  /** The charge that was found, if one was. */
  readonly transactionId: string | null;
}

/** Charged, once. */
export interface ConfirmedReservation extends Existing {
  readonly stage: 'confirmed';
  readonly transactionId: string;
  readonly message: string;
}

/** Not charged, and never will be. */
export interface FailedReservation extends Existing {
  readonly stage: 'failed';
  readonly reason: FailureReason;
  readonly message: string;
}

/** A reservation that waits for its verdict. */
export type OpenReservation = ProcessingReservation | UnresolvedReservation | EscalatedReservation;

/** A reservation that has its verdict; no event follows. */
export type SettledReservation = ConfirmedReservation | FailedReservation;

/** none → created (processing | unresolved | escalated) → confirmed | failed. */
export type Reservation = NoReservation | OpenReservation | SettledReservation;

/** Where a reservation stands, including "none" before it exists. */
export type ReservationStage = Reservation['stage'];

/** What every stream is folded from. */
export const initialState: Reservation = { stage: 'none' };

// ── Evolve ───────────────────────────────────────────────────────────────────────────────────────

/**
 * The state after one more event.
 * @throws {Error} when the event cannot follow the state: the stream is damaged, and no state may be made of it.
 */
export function evolve(state: Reservation, event: ReservationEvent): Reservation {
  if (event.type === 'RESERVATION_CREATED') {
    if (state.stage !== 'none') throw impossible(state, event);
    const { userId, amountMinor, currency, decimals, at } = event.data;
    return { stage: 'processing', userId, money: { amountMinor, currency, decimals }, createdAt: at, updatedAt: at };
  }
  if (!isOpen(state)) throw impossible(state, event);
  const { userId, money, createdAt } = state;
  const existing: Existing = { userId, money, createdAt, updatedAt: event.data.at };
  switch (event.type) {
    case 'RESERVATION_CONFIRMED':
      return { ...existing, stage: 'confirmed', transactionId: event.data.transactionId, message: event.data.message };
    case 'RESERVATION_FAILED':
      return { ...existing, stage: 'failed', reason: event.data.reason, message: event.data.message };
    case 'PAYMENT_UNRESOLVED':
      if (state.stage !== 'processing') throw impossible(state, event);
      return { ...existing, stage: 'unresolved', answeredAs: event.data.answeredAs };
    case 'PAYMENT_ESCALATED':
      return {
        ...existing,
        stage: 'escalated',
        answeredAs: answeredAs(state),
        transactionId: event.data.transactionId,
      };
  }
}

/** True while a verdict may still come. */
export function isOpen(state: Reservation): state is OpenReservation {
  return state.stage === 'processing' || state.stage === 'unresolved' || state.stage === 'escalated';
}

function answeredAs(state: OpenReservation): AnsweredAs {
  return state.stage === 'processing' ? 'pending' : state.answeredAs;
}

function impossible(state: Reservation, event: ReservationEvent): Error {
  return new Error(`${event.type} cannot follow stage "${state.stage}"`);
}

// ── Decide ───────────────────────────────────────────────────────────────────────────────────────

/** The events that a command causes, none when all that it asks for is so already; or why it has no effect. */
export type Decision = readonly ReservationEvent[] | Rejection;

/** Tells a rejection from events. */
export function isRejection(decision: Decision): decision is Rejection {
  return 'kind' in decision;
}

/** Decides a command against the current state. Pure: time and ids come with the command. */
export function decide(command: Command, state: Reservation): Decision {
  switch (command.type) {
    case 'create':
      return state.stage === 'none' ? [created(command.userId, command.money, command.at)] : { kind: 'already-exists' };
    case 'record-outcome':
      return recordOutcome(command.outcome, command.ifUnknownAnswer, command.at, state);
    case 'escalate':
      if (state.stage === 'none') return { kind: 'not-found' };
      if (state.stage !== 'processing' && state.stage !== 'unresolved') return [];
      return [escalated(command.reason, command.detail, null, command.at)];
    case 'resolve':
      return resolve(command, state);
  }
}

function recordOutcome(
  outcome: PaymentOutcome,
  ifUnknownAnswer: AnsweredAs,
  at: Timestamp,
  state: Reservation,
): Decision {
  switch (state.stage) {
    case 'none':
      return { kind: 'not-found' };
    case 'confirmed':
    case 'failed':
      return agreesWith(state, outcome) ? [] : contradiction(state, outcome);
    case 'processing':
    case 'unresolved':
    case 'escalated':
      return recordWhileOpen(outcome, ifUnknownAnswer, at, state);
  }
}

function recordWhileOpen(
  outcome: PaymentOutcome,
  ifUnknownAnswer: AnsweredAs,
  at: Timestamp,
  state: OpenReservation,
): Decision {
  switch (outcome.kind) {
    case 'approved':
      return approve(outcome.transactionId, outcome.message, at, state);
    case 'declined':
      if (state.stage === 'escalated' && state.transactionId !== null) return contradiction(state, outcome);
      return [failed('declined', outcome.message, { kind: 'payment-service' }, at)];
    // What covers only the attempts of the first run says nothing any more once anything was unknown.
    case 'refused':
      return state.stage === 'processing' ? [failed('declined', outcome.message, { kind: 'payment-service' }, at)] : [];
    case 'not-sent':
      return state.stage === 'processing'
        ? [failed('not-sent', UNAVAILABLE_MESSAGE, { kind: 'payment-service' }, at)]
        : [];
    case 'unknown':
      return state.stage === 'processing' ? leaveUnresolved(outcome, ifUnknownAnswer, at) : [];
  }
}

/**
 * A caller who is told "failed" may pay by other means. Sending again could charge them twice, so that what is not
 * known then is never sent again: it is escalated in the append that lets the answer be given.
 */
function leaveUnresolved(
  { cause, detail }: Extract<PaymentOutcome, { kind: 'unknown' }>,
  answer: AnsweredAs,
  at: Timestamp,
): readonly ReservationEvent[] {
  const unresolved: PaymentUnresolved = { type: 'PAYMENT_UNRESOLVED', data: { cause, detail, answeredAs: answer, at } };
  switch (answer) {
    case 'pending':
      return [unresolved];
    case 'failed':
      return [unresolved, escalated('answered-failed', `unknown, ${cause}: ${detail}`, null, at)];
  }
}

function approve(transactionId: string, message: string, at: Timestamp, state: OpenReservation): Decision {
  if (state.stage === 'escalated' && state.transactionId !== null) {
    return state.transactionId === transactionId
      ? []
      : contradiction(state, { kind: 'approved', transactionId, message });
  }
  if (answeredAs(state) === 'pending') return [confirmed(transactionId, message, { kind: 'payment-service' }, at)];
  // The caller was told "failed": confirming now would contradict it, forgetting the charge would be worse.
  return [escalated('charged-after-failed-answer', message, transactionId, at)];
}

function resolve(command: Extract<Command, { type: 'resolve' }>, state: Reservation): Decision {
  const { finding, actor, reason, at } = command;
  const decidedBy: DecidedBy = { kind: 'operator', actor, reason };
  switch (state.stage) {
    case 'none':
      return { kind: 'not-found' };
    case 'processing':
    case 'unresolved':
      return { kind: 'not-escalated', stage: state.stage };
    case 'confirmed':
    case 'failed': {
      const claim = claimOf(finding);
      return agreesWith(state, claim) ? [] : contradiction(state, claim);
    }
    case 'escalated':
      if (finding.kind === 'not-charged') {
        return [failed('found-not-charged', 'Payment was not executed', decidedBy, at)];
      }
      if (state.transactionId !== null && state.transactionId !== finding.transactionId) {
        return contradiction(state, claimOf(finding));
      }
      return [confirmed(finding.transactionId, 'Reservation confirmed', decidedBy, at)];
  }
}

function claimOf(finding: Finding): PaymentOutcome {
  return finding.kind === 'charged'
    ? { kind: 'approved', transactionId: finding.transactionId, message: '' }
    : { kind: 'declined', message: '' };
}

function agreesWith(state: SettledReservation, outcome: PaymentOutcome): boolean {
  switch (outcome.kind) {
    case 'approved':
      return state.stage === 'confirmed' && state.transactionId === outcome.transactionId;
    case 'declined':
      return state.stage === 'failed';
    case 'refused':
    case 'not-sent':
    case 'unknown':
      return true;
  }
}

function contradiction(state: SettledReservation | EscalatedReservation, outcome: PaymentOutcome): Rejection {
  const stands =
    state.stage === 'failed' ? `failed (${state.reason})` : `${state.stage} with transaction ${state.transactionId}`;
  const claim = outcome.kind === 'approved' ? `approved with transaction ${outcome.transactionId}` : outcome.kind;
  return {
    kind: 'contradiction',
    stands: state.stage,
    claim: outcome.kind,
    detail: `stands: ${stands}; claimed: ${claim}`,
  };
}

// ── Event builders ───────────────────────────────────────────────────────────────────────────────

/** What the caller reads when it is proved that the payment service was not reached. */
const UNAVAILABLE_MESSAGE = 'Payment service temporarily unavailable. Nothing was charged; please try again later.';

function created(userId: string, money: Money, at: Timestamp): ReservationCreated {
  const { amountMinor, currency, decimals } = money;
  return { type: 'RESERVATION_CREATED', data: { userId, amountMinor, currency, decimals, at } };
}

function confirmed(transactionId: string, message: string, decidedBy: DecidedBy, at: Timestamp): ReservationConfirmed {
  return { type: 'RESERVATION_CONFIRMED', data: { transactionId, message, decidedBy, at } };
}

function failed(reason: FailureReason, message: string, decidedBy: DecidedBy, at: Timestamp): ReservationFailed {
  return { type: 'RESERVATION_FAILED', data: { reason, message, decidedBy, at } };
}

function escalated(
  reason: EscalationReason,
  detail: string,
  transactionId: string | null,
  at: Timestamp,
): PaymentEscalated {
  return { type: 'PAYMENT_ESCALATED', data: { reason, detail, transactionId, at } };
}
