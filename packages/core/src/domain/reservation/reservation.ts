// State, evolve and decide, in this order: with the events (events.ts) and the commands (commands.ts) they read as the
// specification of a reservation.
import type { ValidRequest } from '../create-request.ts';
import type { PaymentOutcome } from '../payment-outcome.ts';
import type { Timestamp } from '../timestamp.ts';
import type { Command, Finding } from './commands.ts';
import {
  type AnswerUnknownAs,
  confirmed,
  created,
  type DecidedBy,
  escalated,
  failed,
  type FailureReason,
  type PaymentUnresolved,
  type ReservationEvent,
} from './events.ts';

// ── State ────────────────────────────────────────────────────────────────────────────────────────

interface Existing extends ValidRequest {
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Before the first event. */
export interface NoReservation {
  readonly stage: 'none';
}

/** Charging is in progress, or the process that charged has ended. */
export interface ProcessingReservation extends Existing {
  readonly stage: 'processing';
}

/** The request ended without a verdict; settlement continues. */
export interface UnresolvedReservation extends Existing {
  readonly stage: 'unresolved';
  readonly answeredAs: AnswerUnknownAs;
}

/** Settlement cannot continue; an operator decides. */
export interface EscalatedReservation extends Existing {
  readonly stage: 'escalated';
  readonly answeredAs: AnswerUnknownAs;
  /** The charge that was found, if any. */
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

/** A reservation without a verdict. */
export type OpenReservation = ProcessingReservation | UnresolvedReservation | EscalatedReservation;

/** A reservation with its verdict; no event follows. */
export type SettledReservation = ConfirmedReservation | FailedReservation;

/** none → created (processing | unresolved | escalated) → confirmed | failed. */
export type Reservation = NoReservation | OpenReservation | SettledReservation;

/** Stage of a reservation, including "none" before it exists. */
export type ReservationStage = Reservation['stage'];

/** State before the first event. */
export const initialState: Reservation = { stage: 'none' };

// ── Evolve ───────────────────────────────────────────────────────────────────────────────────────

/** The state after one more event. @throws {Error} when the event cannot follow the state: the stream is damaged. */
export function evolve(state: Reservation, event: ReservationEvent): Reservation {
  if (event.type === 'RESERVATION_CREATED') {
    if (state.stage !== 'none') throw impossible(state, event);
    const { userId, amountMinor, currency, decimals, reference, metadata, at } = event.data;
    const money = { amountMinor, currency, decimals };
    return { stage: 'processing', userId, money, reference, metadata, createdAt: at, updatedAt: at };
  }
  if (!isOpen(state)) throw impossible(state, event);
  const { userId, money, reference, metadata, createdAt } = state;
  const existing: Existing = { userId, money, reference, metadata, createdAt, updatedAt: event.data.at };
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

function answeredAs(state: OpenReservation): AnswerUnknownAs {
  return state.stage === 'processing' ? 'pending' : state.answeredAs;
}

function impossible(state: Reservation, event: ReservationEvent): Error {
  return new Error(`${event.type} cannot follow stage "${state.stage}"`);
}

// ── Decide ───────────────────────────────────────────────────────────────────────────────────────

/** Why a command has no effect. A value, not a fault: the caller decides what it means. */
export type Rejection =
  | { readonly kind: 'already-exists' }
  | { readonly kind: 'not-found' }
  /** Settlement is still in progress: an operator decides only escalated payments. */
  | { readonly kind: 'not-escalated'; readonly stage: ReservationStage }
  /** The payment service or an operator contradicts the recorded verdict. An alarm; the verdict is never overwritten. */
  | {
      readonly kind: 'contradiction';
      readonly stands: ReservationStage;
      readonly claim: PaymentOutcome['kind'];
      readonly detail: string;
    };

/** Events caused by a command, none when it was fulfilled already; or why it has no effect. */
export type Decision = readonly ReservationEvent[] | Rejection;

/** True for a rejection, false for events. */
export function isRejection(decision: Decision): decision is Rejection {
  return 'kind' in decision;
}

/** Decides a command against the current state. Pure: time and ids come with the command. */
export function decide(command: Command, state: Reservation): Decision {
  switch (command.type) {
    case 'create':
      return state.stage === 'none' ? [created(command, command.at)] : { kind: 'already-exists' };
    case 'record-outcome':
      return recordOutcome(command.outcome, command.answerUnknownAs, command.at, state);
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
  answerUnknownAs: AnswerUnknownAs,
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
      return recordWhileOpen(outcome, answerUnknownAs, at, state);
  }
}

function recordWhileOpen(
  outcome: PaymentOutcome,
  answerUnknownAs: AnswerUnknownAs,
  at: Timestamp,
  state: OpenReservation,
): Decision {
  switch (outcome.kind) {
    case 'approved':
      return approve(outcome.transactionId, outcome.message, at, state);
    case 'declined':
      if (state.stage === 'escalated' && state.transactionId !== null) return contradiction(state, outcome);
      return [failed('declined', outcome.message, { kind: 'payment-service' }, at)];
    // An outcome that covers only the attempts of the first run proves nothing once anything was unknown.
    case 'refused':
      return state.stage === 'processing' ? [failed('declined', outcome.message, { kind: 'payment-service' }, at)] : [];
    case 'not-sent':
      return state.stage === 'processing'
        ? [failed('not-sent', UNAVAILABLE_MESSAGE, { kind: 'payment-service' }, at)]
        : [];
    case 'unknown':
      return state.stage === 'processing' ? leaveUnresolved(outcome, answerUnknownAs, at) : [];
  }
}

/**
 * A caller who is told "failed" may pay by other means, so that sending again could charge twice. An outcome that is
 * unknown then is never sent again: it is escalated in the append before the answer.
 */
function leaveUnresolved(
  { cause, detail }: Extract<PaymentOutcome, { kind: 'unknown' }>,
  answer: AnswerUnknownAs,
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

/** Message to the caller after a proof that the payment service was not reached. */
const UNAVAILABLE_MESSAGE = 'Payment service temporarily unavailable. Nothing was charged; please try again later.';
