import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPostgresHarness, createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import { createSubscription, followEvents } from '../../feed.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { collect, fill, oneTo } from './feed-fixture.ts';

const WRITERS = 16;
const APPENDS_EACH = 15;
const EVENTS_EACH = 3;
const TOTAL = WRITERS * APPENDS_EACH * EVENTS_EACH;

const directories = createTestDirectories();
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

type ReadRange = Parameters<ReservationStore['events']['readAll']>[0];

const opened: ReservationStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await directories.remove();
});

/** Two stores over one database, as two processes have them. */
const pairs: Readonly<Record<string, () => Promise<readonly [ReservationStore, ReservationStore]>>> = {
  async SQLite() {
    const path = await directories.newPath();
    return [await openSqliteStore({ path }), await openSqliteStore({ path, exclusive: false })];
  },
  async PostgreSQL() {
    const { open, openBeside } = createPostgresHarness(schemas);
    const store = await open();
    const beside = await openBeside?.(store);
    if (beside === undefined) throw new Error('this harness opens no second store');
    return [store, beside];
  },
};

/** Appends of several events each, by many writers at once. */
async function write(stores: readonly [ReservationStore, ReservationStore]): Promise<void> {
  async function writer(n: number): Promise<void> {
    for (const append of oneTo(APPENDS_EACH)) {
      const id = n * 100 + append;
      const events = oneTo(EVENTS_EACH).map((event) => exampleEvent(id * 10 + event));
      const result = await stores[n % 2 === 0 ? 0 : 1].events.append(exampleAppend(exampleId(id), { events }));
      expect(result.kind).toBe('appended');
    }
  }
  await Promise.all(oneTo(WRITERS).map(writer));
}

/** Resolves when all have everything. */
async function untilComplete(all: readonly (readonly number[])[]): Promise<void> {
  await expect.poll(() => all.map((positions) => positions.length >= TOTAL), { timeout: 20_000 }).not.toContain(false);
}

describe.each(Object.keys(pairs))('%s: while many write through two stores', (kind) => {
  test('every reader of either gets each event once and in order', async () => {
    const stores = await pairs[kind]?.();
    if (stores === undefined) throw new Error(kind);
    opened.push(...stores);
    const end = new AbortController();
    const followers = stores.map((store) => collect(followEvents(store, { signal: end.signal, pageSize: 7 })));
    const handled: number[] = [];
    const subscription = createSubscription({
      store: stores[1],
      name: 'reader',
      async handle({ position }) {
        if (position % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
        handled.push(position);
      },
    });
    subscription.start();
    const writing = write(stores);
    await expect.poll(() => followers[0]?.positions.length).toBeGreaterThan(TOTAL / 4);
    // Catches up with what is there while more is written.
    followers.push(collect(followEvents(stores[0], { signal: end.signal })));
    await writing;
    const all = [handled, ...followers.map(({ positions }) => positions)];
    await untilComplete(all);
    end.abort();
    await subscription.stop();
    for (const { ended } of followers) expect(await ended).toBe(null);
    for (const positions of all) expect(positions).toEqual(oneTo(TOTAL));
    expect(await stores[0].subscriptions.list({ limit: 1 })).toMatchObject([{ position: TOTAL, owner: null }]);
  });
});

describe.each(Object.keys(pairs))('%s: when another database without the last commits takes over', (kind) => {
  test('every reader stays where it is and says why', async () => {
    const [lost, found] = [await pairs[kind]?.(), await pairs[kind]?.()];
    if (lost === undefined || found === undefined) throw new Error(kind);
    opened.push(...lost, ...found);
    await fill(lost[0], 5);
    await fill(found[0], 3);
    let current = lost[0];
    const events = { ...lost[0].events, readAll: (range: ReadRange) => current.events.readAll(range) };
    const follower = collect(followEvents({ events }, { pollMaxMs: 10 }));
    const handled: number[] = [];
    const faults: unknown[] = [];
    const subscription = createSubscription({
      store: { events, subscriptions: lost[0].subscriptions },
      name: 'reader',
      pollMaxMs: 10,
      handle: ({ position }) => void handled.push(position),
      observer: (seen) => void ('error' in seen && faults.push(seen.error)),
    });
    subscription.start();
    await expect.poll(() => [follower.positions.length, handled.length]).toEqual([5, 5]);
    for (const n of [6, 7, 8]) await found[0].events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)] }));
    current = found[0];
    const fault = {
      code: 'STORE_CORRUPT',
      message: expect.stringMatching(/^position 5 is another event than before: /),
    };
    expect(await follower.ended).toMatchObject(fault);
    await expect.poll(() => faults).toMatchObject([fault]);
    await subscription.stop();
    expect([follower.positions, handled]).toEqual([oneTo(5), oneTo(5)]);
  });
});
