import type { PaymentIdempotency, RecordedEvent, ReservationSummary } from '@reservations/core';
import type { CallLogLine, LedgerEntry } from '@reservations/core/testing';
import type { Exchange } from '../workload/exchange.ts';
import type { Alarms } from './alarms.ts';

/** What a reader of the log saw while servers wrote and died. */
export interface Follower {
  /** Ids of the events in the request in which they were seen, from the first position on. */
  readonly eventIds: readonly string[];
}

/** Everything that bears witness when a run is over. */
export interface Evidence extends Alarms {
  readonly idempotency: PaymentIdempotency;
  /** What servers told clients of an unknown outcome. */
  readonly answerUnknownAs: 'pending' | 'failed';
  /** What clients were told. */
  readonly exchanges: readonly Exchange[];
  /** What the event store says. */
  readonly events: readonly RecordedEvent[];
  readonly view: readonly ReservationSummary[];
  /** Payments that the queue holds, by its own gauge. */
  readonly open: number;
  /** What the store's own verification finds wrong. */
  readonly storeFaults: readonly string[];
  readonly follower: Follower;
  /** What the payment service says. */
  readonly ledger: readonly LedgerEntry[];
  readonly calls: readonly CallLogLine[];
  /** What processes did that they may never do. */
  readonly incidents: readonly string[];
}
