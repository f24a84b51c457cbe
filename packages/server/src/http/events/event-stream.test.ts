import { createMemoryStore } from '@reservations/core/memory';
import { createManualRuntime } from '@reservations/core/testing';
import { createReservations, ReservationError } from '@reservations/core';
import { describe, expect, test } from 'vitest';
import { APPROVED } from '../service-fixture.ts';
import { createEventHub } from './event-hub.ts';
import { streamEvents } from './event-stream.ts';
import { COMMENT, type StreamEntry } from './event-text.ts';
import { createRecentEvents } from './recent-events.ts';

const entry = (position: number, text = `${position};`): StreamEntry => ({ position, reservationId: null, text });

describe('the recent events', () => {
  test('are those behind a position, and null when one of them was dropped', () => {
    const recent = createRecentEvents(5, { entriesMax: 3, charactersMax: 1_000 });
    expect([recent.behind(4), recent.behind(5), recent.behind(9), recent.reached()]).toEqual([null, [], [], 5]);
    for (const position of [6, 7, 8, 9]) recent.add(entry(position));
    expect(recent.behind(5)).toBe(null);
    expect(recent.behind(6)?.map(({ position }) => position)).toEqual([7, 8, 9]);
    expect([recent.behind(8)?.length, recent.behind(9), recent.reached()]).toEqual([1, [], 9]);
  });

  test('are one text for all readers at a position', () => {
    const recent = createRecentEvents(5, { entriesMax: 3, charactersMax: 1_000 });
    for (const position of [6, 7, 8]) recent.add(entry(position));
    const text = recent.textBehind(6);
    expect([text?.bytes.toString(), text?.reached]).toEqual(['7;8;', 8]);
    expect(recent.textBehind(6)).toBe(text);
    expect(recent.textBehind(8)).toMatchObject({ bytes: Buffer.alloc(0), reached: 8 });
    recent.add(entry(9));
    expect(recent.textBehind(6)?.bytes.toString()).toBe('7;8;9;');
    recent.add(entry(10));
    expect([recent.textBehind(6), recent.textBehind(7)?.reached]).toEqual([null, 10]);
  });

  test('are bounded by their size as well', () => {
    const recent = createRecentEvents(0, { entriesMax: 1_000, charactersMax: 10 });
    for (const position of [1, 2, 3]) recent.add(entry(position, 'x'.repeat(6)));
    expect([recent.behind(1), recent.behind(2)?.length]).toEqual([null, 1]);
  });
});

describe('a reader', () => {
  /** A hub over a store that reservations are made in. */
  function start(entriesMax: number) {
    const store = createMemoryStore();
    const gateway = {
      idempotency: 'by-reservation-id',
      chargesMax: 512,
      charge: () => Promise.resolve(APPROVED),
      close: () => Promise.resolve(),
    } as const;
    const reservations = createReservations({ store, gateway, runtime: createManualRuntime(0) });
    const hub = createEventHub({ store, recent: { entriesMax, charactersMax: 1_000_000 } });
    return { store, hub, make: () => reservations.create({ userId: 'u', amount: '1', currency: 'EUR' }) };
  }

  test('that does not take what comes costs no memory, and reads the store when it goes on', async () => {
    const { store, hub, make } = start(4);
    const reader = hub.join(0);
    const asked: number[] = [];
    const events = streamEvents(reader, {
      after: 0,
      includes: () => true,
      onFault: (error) => expect(error).toBe(null),
      async *catchUp(after) {
        asked.push(after);
        for (const { position } of await store.events.readAll({ after, limit: 1_000 })) yield entry(position);
      },
    });
    expect((await events.next()).value).toBe(COMMENT);
    for (let n = 0; n < 10; n += 1) await make();
    await expect.poll(() => reader.reached()).toBe(20);
    // Nothing was read for it, and the hub kept four.
    expect([asked, reader.behind(15), reader.behind(16)?.length]).toEqual([[], null, 4]);
    const taken: unknown[] = [];
    while (taken.length < 20) taken.push((await events.next()).value);
    expect(taken).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1};`));
    expect(asked).toEqual([0]);
    const last = events.next();
    reader.leave();
    expect(await last).toEqual({ done: false, value: 'retry: 2000\n\n' });
  });

  test.each([
    ['of the store', new Error('damaged'), 'retry: 30000\n\n', 1],
    ['of a server with too many reads under way', new ReservationError('OVERLOADED', 'many'), 'retry: 2000\n\n', 0],
  ])('ends with a fault %s, and is told when to come again', async (_name, fault, hint, faultsCount) => {
    const { hub } = start(4);
    const faults: unknown[] = [];
    const events = streamEvents(hub.join(4), {
      after: 0,
      includes: () => true,
      onFault: (error) => void faults.push(error),
      catchUp: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(fault) }) }),
    });
    const texts: string[] = [];
    for await (const text of events) texts.push(text.toString());
    expect([texts, faults]).toEqual([[COMMENT, hint], Array.from({ length: faultsCount }, () => fault)]);
  });

  test('gets a comment while nothing comes for it, also while other events do', async () => {
    const { hub, make } = start(100);
    const events = streamEvents(hub.join(0), {
      after: 0,
      includes: () => false,
      onFault: (error) => expect(error).toBe(null),
      async *catchUp() {},
      heartbeatMs: 5,
    });
    await events.next();
    expect((await events.next()).value).toBe(COMMENT);
    await make();
    expect((await events.next()).value).toBe(COMMENT);
    await events.return(undefined);
  });
});

test('a reader that leaves ends its own wait, and wakes no other reader', async () => {
  const hub = createEventHub({ store: createMemoryStore() });
  const [stays, leaves] = [hub.join(0), hub.join(0)];
  const ended: string[] = [];
  const waits = [
    stays.wait(60_000).then(() => ended.push('stays')),
    leaves.wait(60_000).then(() => ended.push('leaves')),
  ];
  leaves.leave();
  await waits[1];
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toEqual(['leaves']);
  stays.leave();
  await waits[0];
  expect(ended).toEqual(['leaves', 'stays']);
});
