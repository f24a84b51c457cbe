import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPostgresHarness, createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import { createSubscription, followEvents } from '../../feed.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { collect, oneTo } from './feed-fixture.ts';

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
