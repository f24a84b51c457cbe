import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { setDurable } from './open/durability.ts';
import { openSqliteStore } from './index.ts';
import { migrate } from './schema/migrate.ts';
import { createTestDirectories, createStoreOn } from './test-support.ts';
import { SQLITE_MIGRATIONS } from './schema/steps.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

/** A store whose connection the test holds as well. */
async function openWithConnection(): Promise<{
  readonly store: ReservationStore;
  readonly database: Database.Database;
}> {
  const database = new Database(await directories.newPath());
  setDurable(database);
  migrate(database, SQLITE_MIGRATIONS);
  return { database, store: createStoreOn(database) };
}

const large = { text: 'x'.repeat(10_000) };

function appendLarge(store: ReservationStore, n: number): Promise<unknown> {
  return store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n, { data: large })] }));
}

describe('a full disk', () => {
  test('is told, costs nothing that was acknowledged, and ends when there is room', async () => {
    const { store, database } = await openWithConnection();
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages + 20}`);
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const outcomes = await Promise.allSettled(numbers.map((n) => appendLarge(store, n)));
    const acknowledged = numbers.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.length).toBeLessThan(numbers.length);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
    expect((await store.events.readAll({ after: 0, limit: 100 })).map((event) => event.stream)).toEqual(
      acknowledged.map(exampleId),
    );
    database.pragma('max_page_count = 1000000');
    expect(await appendLarge(store, 99)).toEqual({
      kind: 'appended',
      version: 1,
      position: acknowledged.length + 1,
    });
    await store.close();
  });
});

describe('a write lock that another process holds', () => {
  test('is waited for no longer than the busy timeout, then told, then forgotten', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path, busyTimeoutMs: 10 });
    const other = new Database(path);
    other.exec('begin immediate');
    const fault = {
      code: 'STORE_UNAVAILABLE',
      message: `${path} cannot be used now: database is locked (SQLITE_BUSY)`,
    };
    await expect(store.checkWritable()).rejects.toMatchObject(fault);
    await expect(store.events.append(exampleAppend(exampleId(1)))).rejects.toMatchObject(fault);
    expect(await store.events.readAll({ after: 0, limit: 1 })).toEqual([]);
    other.exec('rollback');
    other.close();
    await store.checkWritable();
    await store.close();
  });
});

describe('an acknowledged append', () => {
  test('is committed: another connection reads it', async () => {
    const { store, database } = await openWithConnection();
    const other = new Database(database.name, { readonly: true });
    await store.events.append(exampleAppend(exampleId(1)));
    expect(other.prepare('select count(*) from events').pluck().get()).toBe(1);
    other.close();
    await store.close();
  });
});
