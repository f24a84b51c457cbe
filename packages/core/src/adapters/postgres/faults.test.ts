import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { AppendRequest } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, exampleSummary } from '../../testing/builders.ts';
import { createConnections } from './open/connection.ts';
import { openPostgresStore, type PostgresStoreOptions } from './index.ts';
import { parseConnectionOptions } from './open/options.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';
import { createTestSchemas, type TestSchemas } from './test-support.ts';

let schemas: TestSchemas;
let url: string;

beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());
beforeEach(async () => {
  url = await schemas.newSchema();
});

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };

/** The n-th reservation's first append, with all that can stand beside it. */
function create(n: number): AppendRequest {
  const work = { change: 'enqueue', ...exampleCharge(n), owner: `lease-${n}`, openedAt: 1, leaseUntil: 2 } as const;
  const key = { kind: 'claim', scope: 'caller', key: `key-${n}`, fingerprint: 'body' } as const;
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n), exampleEvent(n + 1_000)],
    inlineWrites: { summary: exampleSummary(exampleId(n)), work, key },
  });
}

/** Opens a store that is closed with the test. */
async function open(options: Partial<PostgresStoreOptions> = {}): Promise<ReservationStore> {
  const store = await openPostgresStore({ connectionString: url, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Makes the tables, without the bounds that a test then sets. */
async function makeTables(): Promise<void> {
  await (await openPostgresStore({ connectionString: url })).close();
}

async function openBounded(): Promise<ReservationStore> {
  await makeTables();
  return await open({ statementTimeoutMs: 50 });
}

async function startProxy(): Promise<TestProxy> {
  const proxy = await startTestProxy(url);
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** A separate connection, closed with the test. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** All that can be seen of a store. */
async function contents(store: ReservationStore): Promise<unknown> {
  return {
    events: await store.events.readAll({ after: 0, limit: 1_000 }),
    reservations: await store.view.list({ by: null, order: 'asc', after: null, limit: 200 }),
    work: await store.work.list({ kind: 'charge', limit: 1_000 }),
  };
}

/** The contents of a store in which these appends were made, once and in this order. */
async function contentsAfter(requests: readonly AppendRequest[]): Promise<unknown> {
  const store = await openPostgresStore({ connectionString: await schemas.newSchema() });
  try {
    for (const request of requests) await store.events.append(request);
    return await contents(store);
  } finally {
    await store.close();
  }
}

describe('a connection that is cut', () => {
  test.each([
    ['before the server learns of the append', 0, (proxy: TestProxy) => proxy.cutBefore(({ type }) => type === 'P')],
    ['in the middle of the append', 0, (proxy: TestProxy) => proxy.cutBefore(({ type }) => type === 'E')],
    ['when the append ran but was not committed', 0, (proxy: TestProxy) => proxy.cutBefore(({ type }) => type === 'S')],
    ['after the commit, before its answer', 6, (proxy: TestProxy) => proxy.loseAnswerTo(({ type }) => type === 'S')],
  ])('%s is a fault, and the same command again counts once', async (_, committed, plant) => {
    const proxy = await startProxy();
    const store = await open({ connectionString: proxy.url });
    const requests = [1, 2, 3].map(create);
    plant(proxy);
    for (const outcome of await Promise.allSettled(requests.map((request) => store.events.append(request)))) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    }
    const other = await open();
    expect(await other.events.readAll({ after: 0, limit: 10 })).toHaveLength(committed);
    const results = [];
    for (const request of requests) results.push(await store.events.append(request));
    expect(results).toEqual([2, 4, 6].map((position) => ({ kind: 'appended', version: 2, position })));
    expect(await contents(store)).toEqual(await contentsAfter(requests));
  });

  test('while the append waits for another transaction does not stop the server, and the command counts once', async () => {
    const proxy = await startProxy();
    const store = await open({ connectionString: proxy.url });
    const other = await connect();
    await other.query('begin');
    await other.query('select from log_locks for update');
    const append = store.events.append(create(1));
    const rejected = expect(append).rejects.toMatchObject(UNAVAILABLE);
    await expect.poll(() => waitingForLocks(other)).toBe(1);
    proxy.cut();
    await rejected;
    await other.query('commit');
    // The server continues the interrupted statement and commits it without acknowledgement.
    expect(await store.events.append(create(1))).toEqual({ kind: 'appended', version: 2, position: 2 });
    expect(await contents(store)).toEqual(await contentsAfter([create(1)]));
  });
});

describe('a server that terminates every connection', () => {
  test('costs only what was under way, and ends no process', async () => {
    const store = await open();
    await Promise.all([1, 2, 3, 4].map((n) => store.view.find(exampleId(n))));
    const other = await connect();
    await other.query('begin');
    await other.query('select from log_locks for update');
    const append = store.events.append(create(1));
    const rejected = expect(append).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: terminating connection due to administrator command (57P01)',
    });
    await expect.poll(() => waitingForLocks(other)).toBe(1);
    await other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await rejected;
    await other.query('rollback');
    await expect.poll(() => store.checkWritable().then(() => 'writable', String)).toBe('writable');
    expect(await store.events.append(create(1))).toEqual({ kind: 'appended', version: 2, position: 2 });
    expect(await contents(store)).toEqual(await contentsAfter([create(1)]));
  });
});

describe('a bound', () => {
  test('on statements, set by the server, is a fault and leaves no trace', async () => {
    await makeTables();
    const limited = new URL(url);
    limited.searchParams.set('options', `${limited.searchParams.get('options')} -c statement_timeout=50`);
    const store = await open({ connectionString: limited.href });
    const other = await connect();
    await other.query('begin');
    await other.query('select from log_locks for update');
    await expect(store.events.append(create(1))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: canceling statement due to statement timeout (57014)',
    });
    await other.query('commit');
    expect(await contents(store)).toEqual(await contentsAfter([]));
    await store.events.append(create(1));
  });

  test('on statements, set by the option, ends the wait for a lock on the server', async () => {
    const store = await openBounded();
    const other = await connect();
    await other.query('begin');
    await other.query('select from log_locks for update');
    const appends = await Promise.allSettled([1, 2].map((n) => store.events.append(create(n))));
    for (const outcome of appends) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          ...UNAVAILABLE,
          message: 'PostgreSQL cannot be used now: canceling statement due to lock timeout (55P03)',
        },
      });
    }
    expect(await waitingForLocks(other)).toBe(0);
    await other.query('commit');
    expect(await store.events.append(create(1))).toEqual({ kind: 'appended', version: 2, position: 2 });
  });

  test('on statements ends a readiness check while appends are blocked', async () => {
    const store = await openBounded();
    const other = await connect();
    await other.query('begin');
    await other.query('select from log_locks for update');
    await expect(store.checkWritable()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: canceling statement due to lock timeout (55P03)',
    });
    expect(await waitingForLocks(other)).toBe(0);
    await other.query('commit');
    await store.checkWritable();
  });

  test('on statements, set by the option, closes a connection that says nothing', async () => {
    const store = await openBounded();
    const other = await connect();
    await other.query('begin');
    await other.query('lock table reservations');
    await expect(store.view.find(exampleId(1))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: Query read timeout',
    });
    await other.query('commit');
    expect(await store.view.find(exampleId(1))).toBeNull();
  });

  test('on statements ends a transaction too, and nothing more is sent behind the statement without an answer', async () => {
    await makeTables();
    const proxy = await startProxy();
    const options = { connectionString: proxy.url, statementTimeoutMs: 50, poolMax: 1 };
    const connections = createConnections(parseConnectionOptions(options));
    onTestFinished(() => connections.end());
    const other = await connect();
    await other.query('begin');
    await other.query('lock table reservations');
    const work = connections.transaction(async (run) => {
      try {
        await run({ text: 'select from reservations', values: [] });
      } finally {
        // From here on there is an answer, so that whatever waits behind it would be sent.
        proxy.takeMessages();
        await other.query('commit');
      }
    });
    await expect(work).rejects.toMatchObject({ message: 'PostgreSQL cannot be used now: Query read timeout' });
    expect(proxy.takeMessages().map(({ type }) => type)).not.toContain('Q');
  });

  test('on connections rejects a request that waited too long, and says so', async () => {
    const store = await open({ poolMax: 1, connectTimeoutMs: 100 });
    const other = await connect();
    await other.query('begin');
    await other.query('lock table reservations');
    const blocked = store.view.find(exampleId(1));
    await expect(store.events.append(create(1))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: timeout exceeded when trying to connect',
    });
    await other.query('commit');
    expect(await blocked).toBeNull();
    expect(await store.events.append(create(1))).toEqual({ kind: 'appended', version: 2, position: 2 });
  });
});

describe('a transaction that the server rolls back because of a conflict', () => {
  test('is repeated, and the caller notices nothing', async () => {
    const store = await open();
    const other = await connect();
    // Fails twice in the way of a deadlock, then does what it should; a sequence remembers what is undone.
    await other.query(`alter function append_group rename to real_append_group;
      create sequence calls;
      create function append_group(integer, integer, boolean, text[], text[]) returns json language plpgsql as $$
      begin
        if nextval('calls') <= 2 then raise 'undone' using errcode = '40P01'; end if;
        return real_append_group($1, $2, $3, $4, $5);
      end $$`);
    expect(await store.events.append(create(1))).toEqual({ kind: 'appended', version: 2, position: 2 });
    await other.query('alter sequence calls minvalue -10 restart with -10');
    await expect(store.events.append(create(2))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'PostgreSQL cannot be used now: undone (40P01)',
    });
  });
});

describe('texts that PostgreSQL cannot hold', () => {
  test('are changed where they are for people, so that no verdict is lost', async () => {
    const store = await open();
    const summary = exampleSummary(exampleId(1), { message: 'declined\u0000 \ud83c' });
    const inlineWrites = { ...create(1).inlineWrites, summary };
    await store.events.append({ ...create(1), inlineWrites });
    const release = { ...exampleCharge(1), owner: 'lease-1', dueAt: 5, lastOutcome: 'a\u0000b' };
    expect(await store.work.release(release)).toBe(true);
    expect((await store.view.find(exampleId(1)))?.message).toBe('declined\ufffd \ufffd');
    expect((await store.work.list({ kind: 'charge', limit: 1 }))[0]?.lastOutcome).toBe('a\ufffdb');
  });

  test('are refused where they are names, for that append alone', async () => {
    const store = await open();
    const refused = ['a\u0000b', 'a\ud83c'].map((commandId, index) => ({ ...create(3 + index), commandId }));
    const requests = [create(1), ...refused, create(2)];
    const outcomes = await Promise.allSettled(requests.map((request) => store.events.append(request)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(await contents(store)).toEqual(await contentsAfter([create(1), create(2)]));
  });
});

async function waitingForLocks(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    "select count(*)::integer as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(rows[0]?.['waiting']);
}

describe('what an open store no longer finds', () => {
  test.each([
    ['the function of appends', 'alter function append_group rename to append_group_away', '42883'],
    ['a table', 'alter table events rename to events_away', '42P01'],
    [
      'every table',
      'do $$ begin execute format($f$alter schema %I rename to away_%s$f$, current_schema, current_schema); end $$',
      '42',
    ],
  ])('%s: the store is unavailable, and says where to look', async (_, statement, state) => {
    const store = await open();
    await (await connect()).query(statement);
    await expect(store.events.append(create(1))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(new RegExp(`\\(${state}.*search_path`)) as string,
    });
  });
});
