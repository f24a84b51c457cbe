import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import type { SwitchRequest, ViewRebuild } from '../../../ports/view-rebuild.ts';
import {
  exampleAppend,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';
import { STATEMENT_TIMEOUT_DEFAULT_MS } from '../open/options.ts';
import { IDLE_IN_TRANSACTION_MAX_MS } from './rebuild-statements.ts';
import { startTestChild } from '../test-children.ts';

let database: TestDatabase;
let store: ReservationStore;

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  store = await open();
});

const switchNow: SwitchRequest = {
  after: 0,
  project: (stream) => exampleSummary(stream[0]?.stream as `RES-${string}`, { version: stream.length }),
  patienceMs: 10_000,
};

/** Those of this test: other files use the same server at the same time. */
const SESSIONS = 'pg_stat_activity where datname = current_database()';

/** A store that is closed with the test. */
async function open(poolMax: number = 2): Promise<ReservationStore> {
  const opened = await openPostgresStore({ connectionString: database.url, poolMax });
  onTestFinished(() => opened.close());
  return opened;
}

/** A connection that is nobody else's, closed with the test. */
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

function begin(token: string): Promise<ViewRebuild> {
  return store.view.rebuild({ token, startedAt: 1 });
}

async function rowsOf(of: ReservationStore): Promise<readonly string[]> {
  const { reservations } = await of.view.list({ userId: null, stage: null, after: null, limit: 10 });
  return reservations.map(({ reservationId }) => reservationId);
}

/** Columns, keys, indexes and their names, as PostgreSQL describes them. */
async function schemaOf(): Promise<unknown> {
  const columns = await database.query(
    `select table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, column_default
     from information_schema.columns where table_schema = 'public' order by 1, 3`,
  );
  const indexes = await database.query("select * from pg_indexes where schemaname = 'public' order by indexname");
  const constraints = await database.query(
    `select conname, contype, pg_get_constraintdef(oid) as definition from pg_constraint
     where connamespace = 'public'::regnamespace and contype <> 'n' order by 1`,
  );
  return { columns, indexes, constraints };
}

describe('a rebuild on PostgreSQL', () => {
  it('leaves columns, collations, keys and indexes as they were, names included, however often it is done', async () => {
    const before = await schemaOf();
    expect(JSON.stringify(before)).toContain('reservations_by_stage');
    for (const token of ['one', 'two']) {
      expect(await (await begin(token)).switchOver(switchNow)).toEqual({ kind: 'switched' });
      expect(await schemaOf()).toEqual(before);
    }
  });

  it('removes what a killed one left', async () => {
    const before = await schemaOf();
    const killed = await begin('killed');
    await killed.put([exampleSummary(exampleId(7), { version: 9 })]);
    await (await begin('next')).switchOver(switchNow);
    expect(await schemaOf()).toEqual(before);
    expect(await rowsOf(store)).toEqual([]);
  });

  it('lets the connections of servers go on with the plans that they have', async () => {
    const server = await open(1);
    const pids = (): Promise<unknown> =>
      database.query(`select pid from ${SESSIONS} and application_name = 'reservations' order by 1`);
    // Enough calls that every plan inside of the function is kept.
    for (let n = 1; n <= 8; n += 1) await append(server, n);
    const before = await pids();
    for (const token of ['one', 'two']) {
      expect(await (await begin(token)).switchOver(switchNow)).toEqual({ kind: 'switched' });
      const n = token === 'one' ? 9 : 10;
      await append(server, n);
      expect(await server.view.find(exampleId(n))).toEqual(exampleSummary(exampleId(n)));
      expect(await rowsOf(server)).toHaveLength(n);
    }
    expect(await pids()).toEqual(before);
  });

  it('does not put a table of its own definition into the schema of a newer release', async () => {
    const rebuild = await begin('one');
    await database.query("insert into schema_migrations values (99, 'of a newer release')");
    await expect(rebuild.switchOver(switchNow)).rejects.toMatchObject({ code: 'STORE_UNSUITABLE' });
  });

  it('keeps what others were granted', async () => {
    const role = `reader_${Date.now()}_${process.pid}`;
    await database.query(`create role ${role}; grant select on reservations to ${role}`);
    onTestFinished(async () => void (await database.query(`drop owned by ${role}; drop role ${role}`)));
    await (await begin('one')).switchOver(switchNow);
    const [granted] = await database.query(
      `select has_table_privilege('${role}', 'reservations', 'select') as reads,
       has_table_privilege('${role}', 'reservations', 'insert') as writes`,
    );
    expect(granted).toEqual({ reads: true, writes: false });
  });

  it('writes what PostgreSQL cannot hold as an append writes it', async () => {
    const summary = exampleSummary(exampleId(1), { message: 'half a \ud83c, a \u0000' });
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, summary } }));
    const inline = await store.view.find(exampleId(1));
    const rebuild = await begin('one');
    await rebuild.put([summary]);
    expect(await rebuild.switchOver({ ...switchNow, after: 1 })).toEqual({ kind: 'switched' });
    expect(await store.view.find(exampleId(1))).toEqual(inline);
  });

  it('says what depends on the view instead of breaking it, and changes nothing', async () => {
    await append(store, 1);
    await database.query('create view mine as select reservation_id from reservations');
    await expect((await begin('one')).switchOver(switchNow)).rejects.toMatchObject({
      code: 'STORE_UNSUITABLE',
      message: expect.stringContaining('view mine depends on table reservations') as string,
    });
    expect(await rowsOf(store)).toEqual([exampleId(1)]);
  });
});

describe('a switch', () => {
  it('gives way to a transaction that has read the view and stays open, and appends and reads go on', async () => {
    await append(store, 1);
    const reader = await connect();
    await reader.query('begin; select from reservations');
    const rebuild = await begin('one');
    expect(await rebuild.switchOver({ ...switchNow, patienceMs: 50 })).toEqual({ kind: 'busy' });
    await append(store, 2);
    expect(await rowsOf(store)).toEqual([exampleId(1), exampleId(2)]);
    await reader.query('rollback');
    expect(await rebuild.switchOver(switchNow)).toEqual({ kind: 'switched' });
    expect(await rowsOf(store)).toEqual([exampleId(1), exampleId(2)]);
  });

  it('waits for an append that is not committed yet, and reads what it wrote', async () => {
    await append(store, 1);
    const writer = await connect();
    await writer.query('begin');
    // What an append does first.
    await writer.query('select from log_locks for update');
    const rebuild = await begin('one');
    expect(await rebuild.switchOver({ ...switchNow, patienceMs: 50 })).toEqual({ kind: 'busy' });
    // The event is made by hand and its checksum is wrong: that it is read at all is what this is about.
    const refused = expect(rebuild.switchOver(switchNow)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('position 2') as string,
    });
    await expect.poll(() => database.query(`select from ${SESSIONS} and wait_event_type = 'Lock'`)).toHaveLength(1);
    await writer.query(
      `insert into events select shard, '${exampleId(2)}', version, 2, id, command_id, type, schema_version, data, metadata, 0 from events`,
    );
    await writer.query('commit');
    await refused;
    expect(await rowsOf(store)).toEqual([exampleId(1)]);
  });

  it('by a process that stands still in it keeps appends waiting only for a while, and changes nothing', async () => {
    const server = await open();
    await append(server, 1);
    const child = startTestChild('freezeInSwitch', database.url);
    onTestFinished(() => child.kill());
    expect(await child.next()).toBe('ready');
    child.go();
    expect(await child.next()).toBe('frozen');
    // It waits for the log's lock, for as long as a statement may take: longer than the one that is frozen.
    expect(IDLE_IN_TRANSACTION_MAX_MS).toBeLessThan(STATEMENT_TIMEOUT_DEFAULT_MS);
    await append(server, 2);
    child.pause(false);
    expect(await child.next()).toBe('STORE_UNAVAILABLE');
    expect(await rowsOf(server)).toEqual([exampleId(1), exampleId(2)]);
  });

  it('that the server cut off changed nothing, and may be tried again', async () => {
    await append(store, 1);
    const rebuild = await begin('one');
    const reader = await connect();
    await reader.query('begin; select from reservations');
    const switched = rebuild.switchOver(switchNow);
    const waiting = `from ${SESSIONS} and wait_event_type = 'Lock' and query like 'lock table%'`;
    await expect.poll(() => database.query(`select ${waiting}`)).toHaveLength(1);
    await Promise.all([
      expect(switched).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' }),
      database.query(`select pg_terminate_backend(pid) ${waiting}`),
    ]);
    await reader.query('rollback');
    expect(await rebuild.switchOver(switchNow)).toEqual({ kind: 'switched' });
    expect(await rowsOf(store)).toEqual([exampleId(1)]);
  });
});
