import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import {
  exampleAppend,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';
import { STATEMENT_TIMEOUT_DEFAULT_MS } from '../open/options.ts';
import { IDLE_IN_TRANSACTION_MAX_MS } from './view-repair.ts';
import { startTestChild } from '../test-children.ts';

let database: TestDatabase;
let store: ReservationStore;

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  store = await open();
});

/** Those of this test: other files use the same server at the same time. */
const SESSIONS = 'pg_stat_activity where datname = current_database()';

/** A store that is closed with the test. */
async function open(poolMax: number = 2): Promise<ReservationStore> {
  const opened = await openPostgresStore({ connectionString: database.url, poolMax });
  onTestFinished(() => opened.close());
  return opened;
}

/** A separate connection, closed with the test. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function append(to: ReservationStore, n: number): Promise<void> {
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(exampleId(n)) };
  const result = await to.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
  expect(result.kind).toBe('appended');
}

async function rowsOf(of: ReservationStore): Promise<readonly string[]> {
  const { reservations } = await of.view.list({ by: null, order: 'asc', after: null, limit: 10 });
  return reservations.map(({ reservationId }) => reservationId);
}

/** Sessions of this test that wait for a lock. */
const WAITING = `select from ${SESSIONS} and wait_event_type = 'Lock'`;

describe('a repair on PostgreSQL', () => {
  test('waits for an append that is not committed yet, and leaves out the row that it wrote', async () => {
    await append(store, 1);
    const writer = await connect();
    await writer.query('begin');
    // What an append does first.
    await writer.query('select from log_locks for update');
    const row = exampleSummary(exampleId(1), { version: 1, message: 'repaired' });
    const putting = store.repair.put([row]);
    await expect.poll(() => database.query(WAITING)).toHaveLength(1);
    await writer.query(
      `insert into events select shard, stream, 2, 2, id, command_id, type, schema_version, data, metadata, 0 from events;
       update reservations set version = 2`,
    );
    await writer.query('commit');
    expect(await putting).toBe(0);
    expect(await store.view.find(exampleId(1))).not.toMatchObject({ message: 'repaired' });
  });

  test('blocks appends only for the time of a batch, and leaves nothing behind in the session', async () => {
    const server = await open(1);
    for (let n = 1; n <= 8; n += 1) await append(server, n);
    await database.query("update reservations set user_id = 'eve'");
    const rows = Array.from({ length: 8 }, (_, index) => exampleSummary(exampleId(index + 1)));
    expect(await server.repair.put(rows)).toBe(8);
    await append(server, 9);
    const [settings] = await database.query(
      `select count(*)::int as held from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'log_locks'`,
    );
    expect(settings).toEqual({ held: 0 });
    expect(await rowsOf(server)).toHaveLength(9);
  });

  test('by a process that is suspended in it keeps appends waiting only for a while, and changes nothing', async () => {
    const server = await open();
    await append(server, 1);
    const reader = await connect();
    await reader.query('begin; select from reservations for update');
    const child = startTestChild('repairWhenTold', database.url);
    onTestFinished(() => child.kill());
    expect(await child.next()).toBe('ready');
    child.go();
    // It holds the lock of appends, and waits for the row.
    await expect.poll(() => database.query(WAITING)).toHaveLength(1);
    child.pause(true);
    await reader.query('rollback');
    // The append waits for the lock for as long as a statement may take: longer than the transaction that is suspended.
    expect(IDLE_IN_TRANSACTION_MAX_MS).toBeLessThan(STATEMENT_TIMEOUT_DEFAULT_MS);
    await append(server, 2);
    child.pause(false);
    expect(await child.next()).toBe('STORE_UNAVAILABLE');
    expect(await rowsOf(server)).toEqual([exampleId(1), exampleId(2)]);
    expect(await server.view.find(exampleId(1))).not.toMatchObject({ message: 'repaired' });
  });

  test('that the server cut off changed nothing, and may be run again', async () => {
    await append(store, 1);
    const reader = await connect();
    await reader.query('begin; select from reservations for update');
    const row = exampleSummary(exampleId(1), { message: 'repaired' });
    const putting = store.repair.put([row]);
    await expect.poll(() => database.query(WAITING)).toHaveLength(1);
    await Promise.all([
      expect(putting).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' }),
      database.query(`select pg_terminate_backend(pid) from ${SESSIONS} and wait_event_type = 'Lock'`),
    ]);
    await reader.query('rollback');
    expect(await store.repair.put([row])).toBe(1);
    expect(await store.view.find(exampleId(1))).toEqual(row);
  });

  test('writes what PostgreSQL cannot hold as an append writes it', async () => {
    const summary = exampleSummary(exampleId(1), { message: 'half a \ud83c, a \u0000' });
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, summary } }));
    const inline = await store.view.find(exampleId(1));
    expect(await store.repair.put([summary])).toBe(0);
    await database.query('delete from reservations');
    expect(await store.repair.put([summary])).toBe(1);
    expect(await store.view.find(exampleId(1))).toEqual(inline);
  });

  test('keeps what depends on the view: grants, views, triggers', async () => {
    await append(store, 1);
    await database.query('create view mine as select reservation_id from reservations');
    await database.query("update reservations set user_id = 'eve'");
    expect(await store.repair.put([exampleSummary(exampleId(1))])).toBe(1);
    expect(await database.query('select * from mine')).toEqual([{ reservation_id: exampleId(1) }]);
  });

  test('of a database without the lock of appends is refused', async () => {
    await append(store, 1);
    await database.query('delete from log_locks');
    await expect(store.repair.put([exampleSummary(exampleId(1))])).rejects.toMatchObject({ code: 'STORE_UNSUITABLE' });
  });
});
