import type { RecordedEvent, SummaryStage } from '@reservations/core';
import type { CallLogLine, LedgerEntry } from '@reservations/core/sandbox';
import type { ReservationEvidence, EvidenceByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Exchange, type PostExchange, shownIn } from '../workload/exchange.ts';

/** Returns the first item that fits. @throws {Error} without one: the run was too short for a self-test. */
export function first<Item>(items: Iterable<Item>, what: string, fits: (item: Item) => boolean = () => true): Item {
  for (const item of items) if (fits(item)) return item;
  throw new Error(`the evidence has no ${what}`);
}

/** Returns a reservation with this stage, and with an answered POST. */
export function settled(
  { all }: EvidenceByReservation,
  stage: SummaryStage,
  fits: (reservation: ReservationEvidence) => boolean = () => true,
): ReservationEvidence {
  return first(
    all,
    `${stage} reservation`,
    (reservation) => reservation.row?.stage === stage && wasAnswered(reservation) && fits(reservation),
  );
}

function wasAnswered(reservation: ReservationEvidence): boolean {
  return answeredPosts(reservation).length > 0;
}

/** The answered POST of a reservation. */
export function postOf(reservation: ReservationEvidence): PostExchange {
  return first(answeredPosts(reservation), 'answered request');
}

function answeredPosts({ exchanges }: ReservationEvidence): readonly PostExchange[] {
  const posts = exchanges.filter((exchange) => exchange.method === 'POST');
  return posts.filter((post) => shownIn(post) !== null && post.result.kind === 'answer' && !post.result.replayed);
}

/** Evidence with one exchange in place of another. */
export function withExchange({ exchanges }: Evidence, old: Exchange, changed: Exchange): Partial<Evidence> {
  return { exchanges: exchanges.map((exchange) => (exchange === old ? changed : exchange)) };
}

/** The same exchange with other fields in the body of its answer. */
export function answering<Kind extends Exchange>(exchange: Kind, fields: Readonly<Record<string, unknown>>): Kind {
  const { result } = exchange;
  if (result.kind !== 'answer') throw new Error('the exchange has no answer');
  return { ...exchange, result: { ...result, body: { ...result.body, ...fields } } };
}

/** Evidence with one event in place of another. */
export function withEvent(
  { events }: Evidence,
  old: RecordedEvent,
  changed: Partial<RecordedEvent>,
): Partial<Evidence> {
  return { events: events.map((event) => (event === old ? { ...event, ...changed } : event)) };
}

/** Evidence with one line of the ledger in place of another, or without it. */
export function withLedgerLine(
  { ledger }: Evidence,
  old: LedgerEntry,
  changed: Partial<LedgerEntry> | null,
): Partial<Evidence> {
  return {
    ledger: ledger.flatMap((line) => {
      if (line !== old) return [line];
      return changed === null ? [] : [{ ...line, ...changed }];
    }),
  };
}

/** Evidence with a copy of a stream, as another reservation. */
export function withTwin({ events }: Evidence, { events: original }: ReservationEvidence): Partial<Evidence> {
  const twin = original.map((event) => ({ ...event, stream: TWIN_ID, position: event.position + events.length }));
  return { events: [...events, ...twin] };
}

/** An id that no reservation has. */
export const TWIN_ID = 'RES-00000000-0000-7000-8000-000000000000';

/** A call that arrived, and ended, at this moment (milliseconds since the epoch). */
export function call(reservation_id: string, number: number, atMs: number): readonly CallLogLine[] {
  const at = new Date(atMs).toISOString();
  return [
    { event: 'arrived', at, reservation_id, call: number },
    { event: 'ended', at, reservation_id, call: number },
  ];
}

/** The last event of a reservation. */
export function lastEvent({ events }: ReservationEvidence): RecordedEvent {
  return first(events.toReversed(), 'event');
}
