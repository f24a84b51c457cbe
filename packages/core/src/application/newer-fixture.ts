import { randomUUID } from 'node:crypto';
import type { ReservationId } from '../domain/ids.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import { chargeIdOf } from '../domain/charge-id.ts';
import type { InlineWrites } from '../ports/inline-writes.ts';
import type { NewEvent } from '../ports/event-store.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../testing/builders.ts';

/** RESERVATION_CREATED as a later release writes it. */
export const CREATED_V99: Partial<NewEvent> = {
  type: 'RESERVATION_CREATED',
  schemaVersion: 99,
  data: { userId: 'u1', claim: { resource: 'hall', slots: [''], quantity: 2 }, holdUntil: null },
};

/** An event that only a later release knows. */
export const HELD_V1: Partial<NewEvent> = { type: 'RESERVATION_HELD', schemaVersion: 1, data: { until: 7 } };

/** The view's row as a later release writes it, with a stage and a field of its own. */
export function newerRow(id: ReservationId, version: number): ReservationSummary {
  const held = { status: 'RESERVATION_HELD', stage: 'held', claim: { resource: 'hall' } } as unknown;
  return exampleSummary(id, { ...(held as Partial<ReservationSummary>), version });
}

/** What a later release wrote beside the reservations of this one. */
export interface NewerStreams {
  /** Begins with RESERVATION_CREATED v99; it has a row. */
  readonly begun: ReservationId;
  /** A reservation of this release, with a due charge, on which RESERVATION_HELD follows. */
  readonly held: ReservationId;
  /** No reservation; it has no row. */
  readonly other: string;
}

/** Writes what a later release writes: 4 events. */
export async function writeNewer(store: ReservationStore): Promise<NewerStreams> {
  const streams = { begun: exampleId(901), held: exampleId(902), other: 'CAP-hall' };
  const { begun, held, other } = streams;
  const enqueue = {
    change: 'enqueue',
    kind: 'charge',
    id: chargeIdOf(held),
    owner: 'later',
    openedAt: 0,
    leaseUntil: 1,
  } as const;
  await append(store, begun, 'none', exampleEvent(901, CREATED_V99), { summary: newerRow(begun, 1) });
  await append(store, held, 'none', exampleEvent(902), { summary: exampleSummary(held), work: enqueue });
  await writeHeld(store, held, 1);
  await append(store, other, 'none', exampleEvent(904, { type: 'CAPACITY_SET', data: { capacity: 7 } }), {});
  return streams;
}

/** Appends RESERVATION_HELD to a reservation of this release. */
export async function writeHeld(
  store: ReservationStore,
  id: ReservationId,
  expected: number,
  row: ReservationSummary = newerRow(id, expected + 1),
): Promise<void> {
  const event = exampleEvent(9_000 + expected, { ...HELD_V1, id: randomUUID() });
  await append(store, id, expected, event, { summary: row });
}

async function append(
  store: ReservationStore,
  stream: string,
  expected: number | 'none',
  event: NewEvent,
  inlineWrites: Partial<InlineWrites>,
): Promise<void> {
  const request = exampleAppend(stream, {
    expected,
    events: [event],
    inlineWrites: { ...NOTHING_ALONGSIDE, ...inlineWrites },
  });
  const result = await store.events.append(request);
  if (result.kind !== 'appended') throw new Error(`the append was ${result.kind}`);
}
