import type { ValidRequest } from '../create-request.ts';
import type { PaymentOutcome } from '../payment-outcome.ts';
import type { AnswerUnknownAs, EscalationReason } from './events.ts';
import type { Timestamp } from '../timestamp.ts';

/** Opens a reservation; its charge follows. */
export interface Create extends ValidRequest {
  readonly type: 'create';
  readonly at: Timestamp;
}

/** Records the outcome of the charge. `answerUnknownAs` is the caller's answer for an unknown outcome. */
export interface RecordOutcome {
  readonly type: 'record-outcome';
  readonly outcome: PaymentOutcome;
  readonly answerUnknownAs: AnswerUnknownAs;
  readonly at: Timestamp;
}

/** Settlement gives up: an operator is needed. */
export interface Escalate {
  readonly type: 'escalate';
  readonly reason: EscalationReason;
  readonly detail: string;
  readonly at: Timestamp;
}

/** An operator's finding about a charge. */
export type Finding = { readonly kind: 'charged'; readonly transactionId: string } | { readonly kind: 'not-charged' };

/** Settles an escalated payment by an operator's finding, with name and reason. */
export interface Resolve {
  readonly type: 'resolve';
  readonly finding: Finding;
  readonly actor: string;
  readonly reason: string;
  readonly at: Timestamp;
}

/** All commands of a reservation. */
export type Command = Create | RecordOutcome | Escalate | Resolve;
