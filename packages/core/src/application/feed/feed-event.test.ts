import { describe, expect, test } from 'vitest';
import { followEvents, type FollowOptions } from '../../feed.ts';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { created, type ReservationEvent } from '../../domain/reservation/events.ts';
import { encodeEvent } from '../../domain/reservation/stored-event.ts';
import type { NewEvent } from '../../ports/event-store.ts';
import { ReservationError } from '../../errors.ts';
import { EXAMPLE_TIME, exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import type { Observation } from '../../ports/observer.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import type { FeedEvent } from './feed-event.ts';
import { collect, createCountingStore, oneTo, told } from './feed-fixture.ts';
import { FEED_OPENINGS_MAX } from './limits.ts';
import { createFixture, HOUR_MS } from './subscription-fixture.ts';

const confirmed: ReservationEvent = {
  type: 'RESERVATION_CONFIRMED',
  data: { transactionId: 'TXN-1', message: 'paid', decidedBy: { kind: 'payment-service' }, at: EXAMPLE_TIME },
};
const NEITHER = { reference: null, metadata: {} };
const EUR_10_50 = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };

/** Opens the n-th reservation, for user_n. */
async function open(store: ReservationStore, n: number, event: Partial<NewEvent> = {}): Promise<void> {
  await store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n, event)] }));
}

/** Writes a later event of the n-th reservation. */
async function write(
  store: ReservationStore,
  n: number,
  event: Partial<NewEvent> = encodeEvent(confirmed),
  expected = 1,
): Promise<void> {
  const events = [exampleEvent(1_000_000 * expected + n, event)];
  const result = await store.events.append(exampleAppend(exampleId(n), { expected, events }));
  expect(result.kind).toBe('appended');
}

/** A memory store that counts how often a stream is read. */
function createStore() {
  const store = createMemoryStore();
  const reads: string[] = [];
  const events: ReservationStore['events'] = {
    ...store.events,
    async readStream(stream, range) {
      reads.push(stream);
      expect(range).toEqual({ after: 0, limit: 1 });
      return await store.events.readStream(stream, range);
    },
  };
  return { ...store, events, reads };
}

async function readAll(
  store: Pick<ReservationStore, 'events'>,
  options: Pick<FollowOptions, 'after' | 'pageSize' | 'onUnknown'> = {},
): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of followEvents(store, { ...options, until: 'end' })) events.push(event);
  return events;
}

/** What a mail says that knows nothing but the event. */
function mail(event: FeedEvent): string {
  if (event.kind === 'unknown') return `${event.reservationId}: ${event.type} ${event.schemaVersion} is not known`;
  const { reservationId, userId, money } = event;
  switch (event.event.type) {
    case 'RESERVATION_CONFIRMED':
      return `${userId}: ${reservationId} costs ${money.amountMinor}, ${event.event.data.transactionId}`;
    case 'RESERVATION_CREATED':
    case 'RESERVATION_FAILED':
    case 'PAYMENT_UNRESOLVED':
    case 'PAYMENT_ESCALATED':
      return `${userId}: ${event.event.type}`;
  }
}

describe('an event of the feed', () => {
  test('is the recorded one, with reservation, user, amount and the event typed', async () => {
    const store = createStore();
    await open(store, 1);
    await write(store, 1);
    const [first, second] = await store.events.readAll({ after: 0, limit: 2 });
    const facts = {
      kind: 'reservation',
      reservationId: exampleId(1),
      userId: 'user_1',
      money: EUR_10_50,
      reference: null,
    };
    expect(await readAll(store)).toEqual([
      { ...first, ...facts, event: { type: 'RESERVATION_CREATED', data: { ...first?.data, ...NEITHER } } },
      { ...second, ...facts, event: confirmed },
    ]);
    expect((await readAll(store)).map(mail)).toEqual([
      'user_1: RESERVATION_CREATED',
      `user_1: ${exampleId(1)} costs 1050, TXN-1`,
    ]);
  });

  test('has the reference of the reservation, and on the first one its metadata', async () => {
    const store = createStore();
    const about = { reference: 'order-1', metadata: { shop: 'Berlin' } };
    await open(store, 1, encodeEvent(created({ userId: 'user_1', money: EUR_10_50, ...about }, EXAMPLE_TIME)));
    await write(store, 1);
    const [first, second] = await readAll(store);
    expect([first, second]).toMatchObject([{ reference: 'order-1', event: { data: about } }, { reference: 'order-1' }]);
  });

  test.each([1, 2, 500])('knows user and amount whatever its page began with, %i events a page', async (pageSize) => {
    const store = createStore();
    for (const n of oneTo(4)) await open(store, n);
    for (const n of oneTo(4)) await write(store, n);
    expect((await readAll(store, { pageSize })).slice(4).map(mail)).toEqual(
      oneTo(4).map((n) => `user_${n}: ${exampleId(n)} costs 1050, TXN-1`),
    );
    // All of them began before in this log.
    expect(store.reads).toEqual([]);
  });

  test('costs one read of its first event when its stream began before the position to begin behind', async () => {
    const store = createStore();
    for (const n of oneTo(3)) await open(store, n);
    await write(store, 1, encodeEvent({ type: 'PAYMENT_UNRESOLVED', data: unresolved }), 1);
    for (const n of [2, 3]) await write(store, n);
    await write(store, 1, encodeEvent(confirmed), 2);
    const events = await readAll(store, { after: 3, pageSize: 2 });
    expect(events.map(mail)).toEqual([
      'user_1: PAYMENT_UNRESOLVED',
      `user_2: ${exampleId(2)} costs 1050, TXN-1`,
      `user_3: ${exampleId(3)} costs 1050, TXN-1`,
      `user_1: ${exampleId(1)} costs 1050, TXN-1`,
    ]);
    expect(store.reads).toEqual([1, 2, 3].map(exampleId));
  });

  test('is read in one turn with the others of its page', async () => {
    const store = createStore();
    for (const n of oneTo(5)) await open(store, n);
    for (const n of oneTo(5)) await write(store, n);
    const { readStream } = store.events;
    const waiting: (() => void)[] = [];
    const events = {
      ...store.events,
      async readStream(stream: string, range: Parameters<typeof readStream>[1]) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return await readStream(stream, range);
      },
    };
    const reading = readAll({ events }, { after: 5 });
    await expect.poll(() => waiting.length).toBe(5);
    for (const resolve of waiting) resolve();
    expect(await reading).toHaveLength(5);
  });

  test('costs one read again when more streams began since than a follower remembers', async () => {
    const store = createStore();
    for (const n of oneTo(FEED_OPENINGS_MAX)) await open(store, n);
    // One that is nearly forgotten, and in the same page the opening for which it would be.
    await write(store, 1);
    await open(store, FEED_OPENINGS_MAX + 1);
    await write(store, FEED_OPENINGS_MAX);
    const mails = (numbers: readonly number[]): readonly string[] =>
      numbers.map((n) => `user_${n}: ${exampleId(n)} costs 1050, TXN-1`);
    const [first, , last] = (await readAll(store)).slice(-3).map(mail);
    expect([[first, last], store.reads]).toEqual([mails([1, FEED_OPENINGS_MAX]), []]);
    await write(store, 2);
    expect((await readAll(store)).slice(-1).map(mail)).toEqual(mails([2]));
    expect(store.reads).toEqual([exampleId(2)]);
  });

  test('waits for a store that cannot be read when it needs its first event', async () => {
    const store = createStore();
    const runtime = createManualRuntime();
    const observations: Observation[] = [];
    await open(store, 1);
    await write(store, 1);
    let faults = 2;
    const events: ReservationStore['events'] = {
      ...store.events,
      async readStream(stream, range) {
        faults -= 1;
        if (faults >= 0) throw new ReservationError('STORE_UNAVAILABLE', 'away');
        return await store.events.readStream(stream, range);
      },
    };
    const observer = (seen: Observation): void => void observations.push(seen);
    const { positions } = collect(followEvents({ events }, { after: 1, runtime, observer }));
    await runtime.advance(10_000);
    expect([positions, told(observations)]).toEqual([[2], ['feed-fault', 'feed-fault']]);
  });
});

const unresolved = { cause: 'deadline-exceeded', detail: '5 s', answeredAs: 'pending', at: EXAMPLE_TIME } as const;

describe('an event of a later release', () => {
  const later = { type: 'RESERVATION_MOVED', schemaVersion: 1, data: { seat: 7 } };

  test.each([
    ['of another type', async (store: ReservationStore) => await write(store, 1, later)],
    [
      'of a later schema version',
      async (store: ReservationStore) => await write(store, 1, { ...encodeEvent(confirmed), schemaVersion: 2 }),
    ],
  ])('%s is handed over as unknown, as it was recorded', async (_how, append) => {
    const store = createStore();
    await open(store, 1);
    await append(store);
    await open(store, 2);
    const [, recorded] = await store.events.readAll({ after: 0, limit: 3 });
    const events = await readAll(store);
    expect(events[1]).toEqual({ ...recorded, kind: 'unknown', reservationId: exampleId(1), event: null });
    expect(events.map(({ kind }) => kind)).toEqual(['reservation', 'unknown', 'reservation']);
  });

  test('that begins a stream makes all of the stream unknown', async () => {
    const store = createStore();
    await open(store, 1, { schemaVersion: 99 });
    await write(store, 1);
    expect((await readAll(store)).map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test('of a stream that is no reservation has no reservation id', async () => {
    const store = createStore();
    await store.events.append(exampleAppend('SEAT-7', { events: [exampleEvent(1, later)] }));
    expect(await readAll(store)).toMatchObject([{ kind: 'unknown', reservationId: null, stream: 'SEAT-7' }]);
  });

  test('is passed over by a follower that skips what it does not know', async () => {
    const store = createStore();
    await open(store, 1, { schemaVersion: 99 });
    await write(store, 1);
    await open(store, 2);
    await write(store, 2, later);
    expect((await readAll(store, { onUnknown: 'skip', pageSize: 1 })).map(({ position }) => position)).toEqual([3]);
  });

  test('is passed over by a subscription that skips what it does not know, with its checkpoint', async () => {
    const { store, clock, join, row } = createFixture();
    await open(store, 1);
    await write(store, 1, later);
    const { handled } = join({ onUnknown: 'skip' });
    await clock.advance(HOUR_MS);
    expect([handled, await row()]).toEqual([[1], expect.objectContaining({ position: 2 })]);
  });

  test('can only be delivered or skipped', () => {
    const onUnknown = 'stop' as 'skip';
    const message = 'onUnknown: expected "deliver" or "skip", found "stop"';
    expect(() => followEvents(createMemoryStore(), { onUnknown })).toThrow(message);
    expect(() => createFixture().join({ onUnknown })).toThrow(message);
  });

  test('does not stop a subscription', async () => {
    const { store, clock, observations, join } = createFixture();
    await open(store, 1);
    await write(store, 1, later);
    await open(store, 2);
    const { handled } = join();
    await clock.advance(0);
    expect([handled, observations]).toEqual([[1, 2, 3], []]);
  });
});

describe('a damaged event', () => {
  const damages: Readonly<Record<string, readonly [(store: ReservationStore) => Promise<void>, string]>> = {
    'with a field of another type': [
      (store) => write(store, 1, { ...encodeEvent(confirmed), data: { ...confirmed.data, transactionId: 7 } }),
      `the event at position 2, stream ${exampleId(1)}, version 2 cannot be read: RESERVATION_CONFIRMED.transactionId`,
    ],
    'of a version that no release wrote': [
      (store) => write(store, 1, { ...encodeEvent(confirmed), schemaVersion: 0 }),
      'RESERVATION_CONFIRMED has no schema version 0',
    ],
    'at the head of its stream': [
      (store) => open(store, 3, encodeEvent(confirmed)),
      'the stream begins with RESERVATION_CONFIRMED',
    ],
    'in a stream of another name': [
      async (store) => void (await store.events.append(exampleAppend('SEAT-7', { events: [exampleEvent(7)] }))),
      'the stream is not named after a reservation',
    ],
  };

  test.each(Object.keys(damages))('%s ends a follower with its position', async (damage) => {
    const [append, message] = damages[damage] as (typeof damages)[string];
    const store = createCountingStore();
    await open(store, 1);
    await append(store);
    const feed = followEvents(store);
    expect((await feed.next()).value?.position).toBe(1);
    await expect(feed.next()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(message),
    });
    expect(await feed.next()).toEqual({ done: true, value: undefined });
    expect(store.listeners()).toBe(0);
  });

  test.each(Object.keys(damages))('%s stops a subscription at its position, and can be skipped', async (damage) => {
    const [append, message] = damages[damage] as (typeof damages)[string];
    const { store, clock, join, row } = createFixture();
    await open(store, 1);
    await append(store);
    await open(store, 2);
    const { handled } = join();
    await clock.advance(HOUR_MS);
    expect(handled).toEqual([1]);
    expect((await row())?.stopped).toMatchObject({ position: 2, reason: expect.stringContaining(message) });
    await store.subscriptions.resume({ name: 'mails', skip: 2 });
    await clock.advance(HOUR_MS);
    expect(handled).toEqual([1, 3]);
  });

  test('is a stream without a first event', async () => {
    const store = createCountingStore();
    await open(store, 1);
    await write(store, 1);
    store.events.readStream = async () => [];
    await expect(readAll(store, { after: 1 })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `the stream ${exampleId(1)} has an event at position 2 and no first event`,
    });
  });
});
