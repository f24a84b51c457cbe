import { parseReservationId, type RecordedEvent, type ReservationSummary } from '@reservations/core';
import { decodeKnownEvent, evolve, initialState, type Reservation, summarize } from '@reservations/core/operations';
import type { LedgerEntry } from '@reservations/core/sandbox';
import { type Exchange, reservationIdOf } from '../workload/exchange.ts';
import type { Evidence } from './evidence.ts';

/** One call at the payment service. Times are in milliseconds since the epoch. */
export interface Call {
  readonly arrivedAt: number;
  /** The end of the call or of the payment service's process. */
  readonly endedAt: number;
}

/** All evidence of one reservation. */
export interface ReservationEvidence {
  readonly id: string;
  /** In log order. */
  readonly events: readonly RecordedEvent[];
  /** The reservation after each of its events. Ends before an event that cannot be folded. */
  readonly summaries: readonly ReservationSummary[];
  readonly row: ReservationSummary | null;
  /** In the order in which they began. */
  readonly exchanges: readonly Exchange[];
  readonly charges: readonly LedgerEntry[];
  readonly declines: readonly LedgerEntry[];
  readonly calls: readonly Call[];
}

/** All evidence, grouped by reservation. */
export interface EvidenceByReservation {
  readonly all: readonly ReservationEvidence[];
  /** The reservations of a user. Each request has a user of its own. */
  ofUser(userId: string): readonly ReservationEvidence[];
}

interface Draft {
  readonly id: string;
  readonly events: RecordedEvent[];
  readonly exchanges: Exchange[];
  readonly charges: LedgerEntry[];
  readonly declines: LedgerEntry[];
  readonly calls: Call[];
  row: ReservationSummary | null;
}

/** Groups the evidence by reservation, including reservations that the store does not have. */
export function groupByReservation(evidence: Evidence): EvidenceByReservation {
  const drafts = new Map<string, Draft>();
  const draftOf = (id: string): Draft => {
    const known = drafts.get(id);
    if (known !== undefined) return known;
    const draft: Draft = { id, events: [], exchanges: [], charges: [], declines: [], calls: [], row: null };
    drafts.set(id, draft);
    return draft;
  };
  for (const event of evidence.events) draftOf(event.stream).events.push(event);
  for (const row of evidence.view) draftOf(row.reservationId).row = row;
  for (const exchange of evidence.exchanges.toSorted((one, other) => one.began - other.began)) {
    const id = reservationIdOf(exchange);
    if (id !== null) draftOf(id).exchanges.push(exchange);
  }
  for (const line of evidence.ledger) {
    const draft = draftOf(line.reservation_id);
    (line.result === 'charged' ? draft.charges : draft.declines).push(line);
  }
  for (const [id, call] of callsIn(evidence)) draftOf(id).calls.push(call);

  const all = [...drafts.values()].map((draft): ReservationEvidence => ({ ...draft, summaries: fold(draft) }));
  const byUser = Map.groupBy(all, ({ summaries, events }) => String(summaries[0]?.userId ?? events[0]?.data['userId']));
  return { all, ofUser: (userId) => byUser.get(userId) ?? [] };
}

function* callsIn(evidence: Evidence): Generator<readonly [string, Call]> {
  const open = new Map<string, { readonly id: string; readonly arrivedAt: number }>();
  for (const line of evidence.calls) {
    const at = Date.parse(line.at);
    if (line.event === 'started') {
      for (const { id, arrivedAt } of open.values()) yield [id, { arrivedAt, endedAt: at }];
      open.clear();
      continue;
    }
    const key = `${line.reservation_id} ${line.call}`;
    const begun = open.get(key);
    if (line.event === 'arrived') open.set(key, { id: line.reservation_id, arrivedAt: at });
    else if (begun !== undefined) {
      open.delete(key);
      yield [begun.id, { arrivedAt: begun.arrivedAt, endedAt: at }];
    }
  }
  for (const { id, arrivedAt } of open.values()) yield [id, { arrivedAt, endedAt: Number.POSITIVE_INFINITY }];
}

function fold({ id, events }: Draft): readonly ReservationSummary[] {
  const reservationId = parseReservationId(id);
  const summaries: ReservationSummary[] = [];
  let state: Reservation = initialState;
  if (reservationId === null) return summaries;
  for (const event of events) {
    try {
      state = evolve(state, decodeKnownEvent(event));
    } catch {
      // The check of the view reports it.
      return summaries;
    }
    if (state.stage !== 'none') {
      const caller = events[0]?.metadata.caller ?? '';
      summaries.push(summarize(reservationId, state, summaries.length + 1, caller));
    }
  }
  return summaries;
}
