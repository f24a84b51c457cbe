import { readFile } from 'node:fs/promises';
import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleId } from '../../../testing/builders.ts';
import { migratePostgres, openPostgresStore } from '../index.ts';
import { startTestPooler } from '../test-pooler.ts';

const PAGE = new URL('../../../../../../docs/operations.md', import.meta.url);
const GRANTED = 'grant it what docs/operations.md lists under "The role of the servers"';
const role = `serving_${process.pid}`;

let database: TestDatabase;
/** Leads to the database as a role that has what the page lists, and nothing else. */
let connectionString: string;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'));
  await migratePostgres({ connectionString: database.url });
  await database.query(`create role ${role} login password 'pw'`);
  const everything =
    'revoke all on all functions in schema public from public; revoke all on schema public from public';
  await database.query(everything);
  for (const { text } of await readGrants()) await database.query(text);
  const url = new URL(database.url);
  [url.username, url.password] = [role, 'pw'];
  connectionString = url.href;
});
afterAll(async () => {
  await database.query(`drop owned by ${role}; drop role ${role}`);
  await database.drop();
});

/** A line of the page, for the role of these tests. */
interface Grant {
  readonly text: string;
  readonly privileges: readonly string[];
  /** What they are on: tables, functions or a schema. */
  readonly kind: string;
  readonly names: readonly string[];
}

async function readGrants(): Promise<readonly Grant[]> {
  const [, block = ''] = /<!-- grants -->([^]*?)<!-- \/grants -->/.exec(await readFile(PAGE, 'utf8')) ?? [];
  return [...block.matchAll(/^grant (.*) on (function |schema |)(.*) to reservations;$/gm)].map((line) => {
    const [, privileges = '', kind = '', names = ''] = line;
    const text = `grant ${privileges} on ${kind}${names} to ${role}`;
    return { text, privileges: privileges.split(', '), kind, names: names.split(', ') };
  });
}

/** Every single privilege of the page. */
async function readPrivileges(): Promise<readonly (readonly [string, string])[]> {
  return (await readGrants()).flatMap(({ privileges, kind, names }) =>
    privileges.flatMap((privilege) => names.map((name) => [privilege, `${kind}${name}`] as const)),
  );
}

async function faultOf(promise: Promise<unknown>): Promise<{ readonly code: unknown; readonly message: string }> {
  const error: unknown = await promise.then(
    () => 'no fault',
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(String(error));
  return { code: 'code' in error ? error.code : null, message: error.message };
}

function open(options: { readonly schema?: 'require' } = {}): Promise<ReservationStore> {
  return openPostgresStore({ connectionString, ...options });
}

describe('a role with the privileges that the page lists', () => {
  test('serves', async () => {
    const store = await open({ schema: 'require' });
    await store.checkWritable();
    expect(await store.events.append(exampleAppend(exampleId(1)))).toMatchObject({ kind: 'appended' });
    await store.close();
  });

  test('cannot do without any of them: the start is refused, and readiness says no, each with the reason', async () => {
    const store = await open({ schema: 'require' });
    onTestFinished(() => store.close());
    const privileges = await readPrivileges();
    expect(privileges.length).toBeGreaterThan(20);
    for (const [privilege, on] of privileges) {
      // Without the schema there is no table to find.
      if (on.startsWith('schema')) continue;
      await database.query(`revoke ${privilege} on ${on} from ${role}`);
      const name = on.replace('function ', '');
      const denied = expect.stringMatching(`permission denied for (table|function) ${name}`) as string;
      expect(await faultOf(open({ schema: 'require' })), `${privilege} on ${on}`).toEqual({
        code: 'STORE_UNSUITABLE',
        message: expect.stringMatching(
          `^the role of the connection may not use the store \\(.*${name}.*\\): ${GRANTED}$`,
        ) as string,
      });
      // Readiness asks for what serving needs; these two are read at the start alone.
      if (!['schema_migrations', 'store_moves'].includes(name)) {
        expect(await faultOf(store.checkWritable()), `${privilege} on ${on}`).toEqual({
          code: 'STORE_UNAVAILABLE',
          message: denied,
        });
      }
      await database.query(`grant ${privilege} on ${on} to ${role}`);
    }
    await store.checkWritable();
  });

  test('is not asked for any of them when it opens the store for a tool that reads', async () => {
    const reader = `${role}_reader`;
    await database.query(`create role ${reader} login password 'pw'; grant usage on schema public to ${reader};
      grant select on all tables in schema public to ${reader};
      grant execute on function log_page, list_reservations to ${reader}`);
    onTestFinished(() => database.query(`drop owned by ${reader}; drop role ${reader}`).then(() => undefined));
    const url = new URL(database.url);
    [url.username, url.password] = [reader, 'pw'];
    const options = { connectionString: url.href, schema: 'require' } as const;
    expect(await faultOf(openPostgresStore(options))).toMatchObject({ code: 'STORE_UNSUITABLE' });
    const store = await openPostgresStore({ ...options, serving: false });
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(1);
    expect(await store.view.list({ by: null, order: 'asc', after: null, limit: 10 })).toBeDefined();
    expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    await store.close();
  });

  test('is refused at the start while its transactions are read-only, and not ready when they become so', async () => {
    const store = await open();
    onTestFinished(() => store.close());
    await database.query(`alter role ${role} set default_transaction_read_only = on`);
    onTestFinished(async () => {
      await database.query(`alter role ${role} reset default_transaction_read_only`);
    });
    expect(await faultOf(open())).toEqual({
      code: 'STORE_UNSUITABLE',
      message: 'the PostgreSQL server needs default_transaction_read_only off, for the database and the role, found on',
    });
    // A connection has the setting of its beginning.
    await database.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    await expect
      .poll(async () => (await faultOf(store.checkWritable())).message)
      .toContain('default_transaction_read_only is on for the server, the database or the role');
  });
});

describe('an engine that cannot run the function of appends', () => {
  test('is refused at the start, with its own words, and is not ready', async () => {
    const other = await createDatabase(inject('postgresUrl'));
    onTestFinished(() => other.drop());
    const store = await openPostgresStore({ connectionString: other.url });
    onTestFinished(() => store.close());
    // As Citus answers for distributed tables, since the function has it plan without knowing the shard.
    const refusal = 'could not create distributed plan';
    await other.query(`create or replace function append_group(
        p_shard integer, p_lock_timeout_ms integer, p_leased boolean, p_appends text[], p_events text[]
      ) returns json language plpgsql as $$
      begin raise exception using errcode = '0A000', message = '${refusal}'; end $$`);
    expect(await faultOf(openPostgresStore({ connectionString: other.url }))).toEqual({
      code: 'STORE_UNSUITABLE',
      message: `the engine cannot run the statements of the store (${refusal}): use PostgreSQL itself, or tables that its extension does not distribute (docs/scaling.md)`,
    });
    expect((await faultOf(store.checkWritable())).message).toBe(refusal);
  });
});

describe('a pooler in statement mode', () => {
  test('is called what it is at the start, before tables are made and after', async () => {
    const other = await createDatabase(inject('postgresUrl'));
    onTestFinished(() => other.drop());
    for (const prepare of [async () => undefined, () => migratePostgres({ connectionString: other.url })]) {
      await prepare();
      const pooler = await startTestPooler(other.url, 'statement');
      expect(await faultOf(openPostgresStore({ connectionString: pooler.url }))).toEqual({
        code: 'STORE_UNSUITABLE',
        message:
          'the connection leads through a pooler in statement mode, which allows no transaction of several statements: set pool_mode = transaction (or session) for this database',
      });
      await pooler.stop();
    }
  });
});

describe('the check at the start', () => {
  test('passes a log that is in use, and writes nothing', async () => {
    const appending = new pg.Client({ connectionString: database.url });
    await appending.connect();
    onTestFinished(() => appending.end());
    await appending.query('begin');
    await appending.query('select from log_locks for update');
    await (await open()).close();
    await appending.query('commit');
    expect(
      await database.query(
        "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
      ),
    ).toEqual([]);
  });
});
