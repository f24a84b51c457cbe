import assert from 'node:assert/strict';
import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import type { ListKey } from '../../ports/reservation-view.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE, recordedBy } from '../builders.ts';
import { appended, oneTo, wholeLog } from './case.ts';

/** The row that every stream of these cases has: it says which event it is made of. */
export function rowOf(stream: readonly RecordedEvent[]): ReservationSummary {
  const last = stream.at(-1);
  assert(last !== undefined, 'a stream that is projected has events');
  assert.deepEqual(
    stream.map(({ version }) => version),
    oneTo(last.version),
    'a stream is projected whole',
  );
  const id = last.stream as ReservationId;
  return exampleSummary(id, {
    version: last.version,
    message: `made of ${last.id}`,
    userId: `user_${last.version}`,
    transactionId: `TXN-${last.id}`,
    caller: last.version % 2 === 0 ? 'shop' : 'anonymous',
    reference: last.version % 3 === 0 ? null : `order-${last.version}`,
  });
}

/** Appends an event to the n-th reservation, with its row beside it as the engine does it. */
export async function advance(store: ReservationStore, n: number, eventNumber: number = n): Promise<number> {
  const stream = await store.events.readStream(exampleId(n), { after: 0, limit: READ_LIMIT_MAX });
  const version = stream.length;
  const request = exampleAppend(exampleId(n), {
    expected: version === 0 ? 'none' : version,
    events: [exampleEvent(eventNumber)],
  });
  const summary = rowOf([...stream, ...recordedBy(request, { version: version + 1, position: 0 })]);
  return await appended(store, { ...request, inlineWrites: { ...NOTHING_ALONGSIDE, summary } });
}

/** Every row, and what single look-ups, listings and look-ups by transaction make of it. */
export async function shownBy(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const { reservations, next } = await store.view.list({ by: null, order: 'asc', after: null, limit: 200 });
  assert.equal(next, null, 'the only page is the last');
  for (const row of reservations) assert.deepEqual(await store.view.find(row.reservationId), row);
  for (const transactionId of new Set(reservations.map((row) => row.transactionId))) {
    if (transactionId === null) continue;
    const ofTransaction = reservations.filter((row) => row.transactionId === transactionId);
    assert.deepEqual(await store.view.findByTransaction(transactionId), ofTransaction);
  }
  for (const field of ['userId', 'stage', 'caller', 'reference'] as const) {
    for (const value of new Set(reservations.map((row) => row[field]))) {
      if (value === null || value === 'anonymous') continue;
      const by = { field, value } as ListKey;
      const found = await store.view.list({ by, order: 'asc', after: null, limit: 200 });
      assert.deepEqual(
        found.reservations,
        reservations.filter((row) => row[field] === value),
      );
    }
  }
  return reservations;
}

/** What the view must show: the row of every stream of the log. */
export async function madeFromLog(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of await wholeLog(store)) {
    streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  }
  return [...streams.values()].map(rowOf).toSorted((a, b) => (a.reservationId < b.reservationId ? -1 : 1));
}
