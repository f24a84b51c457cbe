import { type PostgresServer, startPostgres } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Observation } from '../../../ports/observer.ts';
import { exampleAppend, exampleCharge, exampleId, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';

// Tests that change settings of a server need a server of their own.
let server: PostgresServer;
let operator: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  operator = new pg.Client({ connectionString: server.url });
  await operator.connect();
  await (await openPostgresStore({ connectionString: server.url })).close();
});
afterAll(async () => {
  await operator.end();
  await server.remove();
});

beforeEach(() => requireStandby(''));

/** Makes every commit wait for a standby of this name ("" for none), and waits until the setting is active. */
async function requireStandby(name: string): Promise<void> {
  await operator.query(`alter system set synchronous_standby_names = '${name}'`);
  await operator.query('select pg_reload_conf()');
  const shown = async (): Promise<unknown> => (await operator.query('show synchronous_standby_names')).rows[0];
  await expect.poll(shown).toEqual({ synchronous_standby_names: name });
}

/** The backends that wait for a standby. */
async function waiting(): Promise<readonly number[]> {
  const { rows } = await operator.query("select pid from pg_stat_activity where wait_event = 'SyncRep'");
  return rows.map(({ pid }) => Number(pid));
}

async function waitingOne(): Promise<number> {
  await expect.poll(async () => (await waiting()).length).toBe(1);
  return (await waiting())[0] ?? 0;
}

/** What opening warns of. */
async function warningsOf(connectionString: string): Promise<readonly string[]> {
  const warnings: string[] = [];
  const observer = (seen: Observation): void => {
    if (seen.kind === 'store-alarm' && seen.raised) warnings.push(seen.detail);
  };
  await (await openPostgresStore({ connectionString, schema: 'require', observer })).close();
  return warnings;
}

const ASYNCHRONOUS =
  'asynchronous replication: a failover can lose acknowledged reservations. PostgreSQL has a standby, and ' +
  'synchronous_standby_names is empty';

describe('a commit whose wait for a standby is broken off', () => {
  test.each([
    [
      'cancelled',
      'pg_cancel_backend',
      'the commit may not be on a standby: canceling wait for synchronous replication',
    ],
    ['terminated', 'pg_terminate_backend', 'PostgreSQL cannot be used now: '],
  ])('(%s) is no acknowledgement, and the same command again waits for the standby too', async (name, end, message) => {
    const store = await openPostgresStore({ connectionString: server.url });
    onTestFinished(() => store.close());
    const work = {
      change: 'enqueue',
      ...exampleCharge(name.length),
      owner: 'request',
      openedAt: 0,
      leaseUntil: 1,
    } as const;
    const request = exampleAppend(exampleId(name.length), { inlineWrites: { ...NOTHING_ALONGSIDE, work } });
    await requireStandby('nobody');
    const first = store.events.append(request).then(
      () => 'acknowledged',
      (error: unknown) => error,
    );
    await operator.query(`select ${end}($1)`, [await waitingOne()]);
    expect(await first).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(message) as string,
    });
    // It is committed here, and on no standby.
    expect(await store.events.readStream(request.stream, { after: 0, limit: 10 })).toHaveLength(1);

    let isAcknowledged = false;
    const again = store.events.append(request).then((result) => {
      isAcknowledged = true;
      return result;
    });
    await waitingOne();
    expect(isAcknowledged).toBe(false);
    await requireStandby('');
    expect(await again).toMatchObject({ kind: 'appended', version: 1 });
  });

  test('is no acknowledgement of an append either where warnings were turned off after the store was opened', async () => {
    await operator.query("create role quiet login superuser password 'pw'");
    const url = new URL(server.url);
    [url.username, url.password] = ['quiet', 'pw'];
    await (await openPostgresStore({ connectionString: url.href })).close();
    const store = await openPostgresStore({ connectionString: url.href });
    onTestFinished(() => store.close());
    await operator.query('alter role quiet set client_min_messages = error');
    // Whatever connection there was has the setting of before.
    await operator.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'quiet'");
    await expect.poll(() => store.view.find(exampleId(60)).catch(() => 'not yet')).toBeNull();
    await requireStandby('nobody');
    const append = store.events.append(exampleAppend(exampleId(60))).then(
      () => 'acknowledged',
      (error: unknown) => error,
    );
    await operator.query('select pg_cancel_backend($1)', [await waitingOne()]);
    expect(await append).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await requireStandby('');
  });

  test('is told of by readiness as well', async () => {
    const store = await openPostgresStore({ connectionString: server.url });
    onTestFinished(() => store.close());
    await requireStandby('nobody');
    const check = store.checkWritable().then(
      () => 'writable',
      (error: unknown) => error,
    );
    await operator.query('select pg_cancel_backend($1)', [await waitingOne()]);
    expect(await check).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await requireStandby('');
  });
});

describe('a conflict and a key that is taken', () => {
  test('are told only once what they tell of is on the standby', async () => {
    const store = await openPostgresStore({ connectionString: server.url });
    onTestFinished(() => store.close());
    const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
    const inlineWrites = { ...NOTHING_ALONGSIDE, key };
    await store.events.append(exampleAppend(exampleId(50), { inlineWrites }));
    await requireStandby('nobody');
    const asked = [
      store.events.append(exampleAppend(exampleId(50), { commandId: 'late' })),
      store.events.append(exampleAppend(exampleId(51), { inlineWrites })),
    ];
    await waitingOne();
    await requireStandby('');
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(['conflict', 'key-taken']);
  });
});

describe('opening', () => {
  test('warns of nothing without a standby', async () => {
    expect(await warningsOf(server.url)).toEqual([]);
  });

  test('warns of a standby that is connected and that no commit waits for, also a role that may see little', async () => {
    const standby = new pg.Client({ connectionString: server.url, replication: 'true' } as pg.ClientConfig);
    await standby.connect();
    onTestFinished(() => standby.end());
    expect(await warningsOf(server.url)).toEqual([ASYNCHRONOUS]);
    await operator.query(`create role modest login password 'pw';
      grant select, insert, update, delete on all tables in schema public to modest`);
    const url = new URL(server.url);
    [url.username, url.password] = ['modest', 'pw'];
    expect(await warningsOf(url.href)).toEqual([ASYNCHRONOUS]);
  });

  test('warns of a standby that has a slot and is away', async () => {
    await operator.query("select pg_create_physical_replication_slot('standby')");
    expect(await warningsOf(server.url)).toEqual([ASYNCHRONOUS]);
    await operator.query("select pg_drop_replication_slot('standby')");
  });

  test('warns of commits that do not wait for the standbys that there are', async () => {
    await requireStandby('nobody');
    const url = new URL(server.url);
    url.searchParams.set('options', '-c synchronous_commit=local');
    expect(await warningsOf(url.href)).toEqual([
      'asynchronous replication: a failover can lose acknowledged reservations. synchronous_commit is local, so that ' +
        'no commit waits for the standbys of synchronous_standby_names',
    ]);
    expect(await warningsOf(server.url)).toEqual([]);
    await requireStandby('');
  });
});
