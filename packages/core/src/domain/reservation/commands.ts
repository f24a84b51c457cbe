import type { Money } from '../money.ts';
import type { PaymentOutcome } from '../payment-outcome.ts';
import type { AnswerUnknownAs, EscalationReason } from './events.ts';
import type { Timestamp } from '../timestamp.ts';

/** Open a reservation; its charge follows. */
export interface Create {
  readonly type: 'create';
  readonly userId: string;
  readonly money: Money;
  readonly at: Timestamp;
}

/** Record what is known of the charge. `answerUnknownAs` is what the caller is told should it be unknown. */
export interface RecordOutcome {
  readonly type: 'record-outcome';
  readonly outcome: PaymentOutcome;
  readonly answerUnknownAs: AnswerUnknownAs;
  readonly at: Timestamp;
}

/** Settlement gives up: a person is needed. */
export interface Escalate {
  readonly type: 'escalate';
  readonly reason: EscalationReason;
  readonly detail: string;
  readonly at: Timestamp;
}

/** What a person found out about a charge. */
export type Finding = { readonly kind: 'charged'; readonly transactionId: string } | { readonly kind: 'not-charged' };

/** A person settles an open payment, with name and reason. */
export interface Resolve {
  readonly type: 'resolve';
  readonly finding: Finding;
  readonly actor: string;
  readonly reason: string;
  readonly at: Timestamp;
}

/** Everything that can be asked of a reservation. */
export type Command = Create | RecordOutcome | Escalate | Resolve;
