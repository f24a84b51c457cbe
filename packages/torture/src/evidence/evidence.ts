import type { RecordedEvent, ReservationSummary } from '@reservations/core';
import type { PaymentIdempotency } from '@reservations/core/ports';
import type { CallLogLine, LedgerEntry } from '@reservations/core/sandbox';
import type { Exchange } from '../workload/exchange.ts';
import type { Alarms } from './alarms.ts';

/** What a follower of the log saw while servers wrote and crashed. */
export interface Follower {
  /** Ids of the events in the order in which they were seen, from the first position on. */
  readonly eventIds: readonly string[];
}

/** Everything that the checks look at after a run. */
export interface Evidence extends Alarms {
  readonly idempotency: PaymentIdempotency;
  /** How servers answer an unknown outcome. */
  readonly answerUnknownAs: 'pending' | 'failed';
  /** Requests and answers of all clients. */
  readonly exchanges: readonly Exchange[];
  /** The log of the event store. */
  readonly events: readonly RecordedEvent[];
  readonly view: readonly ReservationSummary[];
  /** Open payments by the queue's gauge. */
  readonly open: number;
  /** Faults that the store's verification finds. */
  readonly storeFaults: readonly string[];
  readonly follower: Follower;
  /** The payment service's ledger. */
  readonly ledger: readonly LedgerEntry[];
  readonly calls: readonly CallLogLine[];
  /** Ends of processes that were neither asked for nor allowed, as text. */
  readonly incidents: readonly string[];
}
