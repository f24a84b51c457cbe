import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { followEvents } from '../../../feed.ts';
import type { RecordedEvent } from '../../../ports/event-store.ts';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../../testing/builders.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../index.ts';
import { createNotifier } from './notify.ts';
import { createTestSchemas, schemaOf, type TestSchemas } from '../test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

/** So long that within a test nothing is found by polling. */
const NO_POLLING = { pollMinMs: 86_400_000, pollMaxMs: 86_400_000 };

async function open(
  connectionString: string,
  options: Partial<PostgresStoreOptions> = { notify: true },
): Promise<ReservationStore> {
  const store = await openPostgresStore({ connectionString, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Follows without polling; ends before the store is closed. */
function follow(store: ReservationStore): AsyncIterator<RecordedEvent> {
  const feed = followEvents(store, NO_POLLING);
  onTestFinished(async () => void (await feed.return?.()));
  return feed;
}

async function append(store: ReservationStore, n: number): Promise<void> {
  await store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)] }));
}

interface Session {
  readonly pid: number;
  readonly query: string;
}

/** The sessions that listen on the channel of this schema's store. */
async function listening(url: string): Promise<readonly Session[]> {
  return await schemas.database.query<Session>(
    `select pid, query from pg_stat_activity
     where datname = current_database() and query = 'listen reservations_' || '${schemaOf(url)}.events'::regclass::oid`,
  );
}

async function untilListening(url: string, count: number): Promise<readonly Session[]> {
  return await vi.waitFor(
    async () => {
      const sessions = await listening(url);
      expect(sessions).toHaveLength(count);
      return sessions;
    },
    { timeout: 20_000 },
  );
}

describe('a follower in another store', () => {
  test('is woken by a notification', async () => {
    const url = await schemas.newSchema();
    const [one, other] = [await open(url), await open(url)];
    const feed = follow(other);
    const first = feed.next();
    await untilListening(url, 1);
    await append(one, 1);
    expect((await first).value?.position).toBe(1);
    const second = feed.next();
    await append(one, 2);
    expect((await second).value?.position).toBe(2);
  });

  test('finds, when its connection was cut and made again, what was committed meanwhile', async () => {
    const url = await schemas.newSchema();
    const [one, other] = [await open(url), await open(url, { notify: true, poolMax: 1 })];
    const feed = follow(other);
    const first = feed.next();
    const [session] = await untilListening(url, 1);
    await schemas.database.query('select pg_terminate_backend($1)', [session?.pid]);
    await append(one, 1);
    expect((await first).value?.position).toBe(1);
    const [next] = await untilListening(url, 1);
    expect(next?.pid).not.toBe(session?.pid);
    const second = feed.next();
    await append(one, 2);
    expect((await second).value?.position).toBe(2);
  });
});

describe('the connection that listens', () => {
  test('exists only while there are listeners, and closes with the store', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    await untilListening(url, 0);
    const remove = [store.events.onCommit(() => undefined), store.events.onCommit(() => undefined)];
    await untilListening(url, 1);
    remove[0]?.();
    remove[0]?.();
    await append(store, 1);
    await untilListening(url, 1);
    remove[1]?.();
    await untilListening(url, 0);
    store.events.onCommit(() => undefined);
    await untilListening(url, 1);
    await store.close();
    await untilListening(url, 0);
  });

  test('is never there without the option', async () => {
    const url = await schemas.newSchema();
    const store = await open(url, {});
    let calls = 0;
    store.events.onCommit(() => void (calls += 1));
    await append(store, 1);
    expect([calls, await listening(url)]).toEqual([1, []]);
  });
});

describe('a notification', () => {
  test('never makes an append wait, nor fail', async () => {
    const sent: string[] = [];
    const notifier = createNotifier(({ text }) => {
      sent.push(text);
      return Promise.reject(new Error('no connection'));
    });
    notifier.notify();
    expect(sent).toHaveLength(1);
    await notifier.close();
  });

  test('is one for all commits of its interval, and none is left out at the end', async () => {
    let sent = 0;
    const under = Promise.withResolvers<{ readonly rows: []; readonly count: number }>();
    const notifier = createNotifier(() => {
      sent += 1;
      return sent === 1 ? under.promise : Promise.resolve({ rows: [], count: 0 });
    });
    for (let n = 0; n < 1_000; n += 1) notifier.notify();
    expect(sent).toBe(1);
    const closed = notifier.close();
    under.resolve({ rows: [], count: 0 });
    await closed;
    expect(sent).toBe(2);
  });
});

test('the option is true or false', async () => {
  const connectionString = 'postgres://nobody@127.0.0.1:1/db';
  await expect(openPostgresStore({ connectionString, notify: 1 as unknown as boolean })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: 'notify: expected true or false, found 1',
  });
});
