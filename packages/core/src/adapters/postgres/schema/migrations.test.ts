import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { exampleAppend, exampleId } from '../../../testing/builders.ts';
import { migratePostgres, openPostgresStore, postgresMigrationScript, readPostgresSchema } from '../index.ts';
import { schemaDescription } from '../test-schema.ts';

const STEPS = [
  { version: 1, name: 'initial' },
  { version: 2, name: 'subscriptions, view rebuilds and moves' },
  { version: 3, name: 'transaction ids' },
  { version: 4, name: 'one index for each look-up' },
  { version: 5, name: 'keys that are free again' },
];
const NEWEST = STEPS.length;

let database: TestDatabase;
let connectionString: string;
beforeEach(async () => {
  database = await newDatabase();
  connectionString = database.url;
});

async function newDatabase(): Promise<TestDatabase> {
  const created = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => created.drop());
  return created;
}

/** The code and the message of what a promise rejects with. */
async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => 'no fault',
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error ? [error.code, error.message] : error;
}

async function tables(): Promise<readonly unknown[]> {
  const rows = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1");
  return rows.map(({ tablename }) => tablename);
}

describe('migrating', () => {
  it('applies what is missing, tells it, and finds nothing missing the second time', async () => {
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: 0, newest: NEWEST, pending: STEPS });
    expect(await migratePostgres({ connectionString })).toEqual(STEPS);
    expect(await migratePostgres({ connectionString })).toEqual([]);
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  it('by several at once applies each step once, and all succeed', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migratePostgres({ connectionString })));
    expect(applied.flat().toSorted((a, b) => a.version - b.version)).toEqual(STEPS);
  });

  it('for a trial tells what it would do and leaves no trace', async () => {
    expect(await migratePostgres({ connectionString, dryRun: true })).toEqual(STEPS);
    expect(await tables()).toEqual([]);
  });

  it('for a trial finds what stands in the way', async () => {
    await database.query('create table subscriptions (id integer)');
    await expect(migratePostgres({ connectionString, dryRun: true })).rejects.toThrow(
      'relation "subscriptions" already exists',
    );
    expect(await tables()).toEqual(['subscriptions']);
  });

  it('goes on where the database is', async () => {
    await database.query(postgresMigrationScript(0).split('-- schema version 2')[0] ?? '');
    expect(await readPostgresSchema({ connectionString })).toEqual({
      current: 1,
      newest: NEWEST,
      pending: STEPS.slice(1),
    });
    expect(await migratePostgres({ connectionString, dryRun: true })).toEqual(STEPS.slice(1));
    expect(await migratePostgres({ connectionString })).toEqual(STEPS.slice(1));
  });
});

describe('a database from before keys were released', () => {
  it('has the keys of what was never sent free again, and all others bound as before', async () => {
    const row = (id: string, reason: string): string =>
      `insert into reservations values (0, '${id}', 's', 'failed', 'u', 1, 'EUR', 2, null, ${reason}, null, '', '', '', 2);
       insert into idempotency_keys values (0, 'caller', 'of ${id}', 'body', '${id}');`;
    await database.query(postgresMigrationScript(0).split('-- schema version 4')[0] ?? '');
    await database.query(`${row('RES-1', "'not-sent'")} ${row('RES-2', "'declined'")} ${row('RES-3', 'null')}`);
    await migratePostgres({ connectionString });
    const rows = await database.query('select idempotency_key as name from idempotency_keys order by 1');
    expect(rows).toEqual([{ name: 'of RES-2' }, { name: 'of RES-3' }]);
  });
});

describe('the script of the migrations', () => {
  it('makes the schema that migrating makes', async () => {
    await database.query(postgresMigrationScript(0));
    const migrated = await newDatabase();
    await migratePostgres({ connectionString: migrated.url });
    expect(await schemaDescription(database)).toEqual(await schemaDescription(migrated));
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  it('upgrades an older schema, and is empty for a current one', async () => {
    await database.query(postgresMigrationScript(0).split('-- schema version 2')[0] ?? '');
    await database.query(postgresMigrationScript(1));
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
    expect(postgresMigrationScript(NEWEST)).toBe('');
  });

  it('a second time changes nothing', async () => {
    await database.query(postgresMigrationScript(0));
    const before = await schemaDescription(database);
    await expect(database.query(postgresMigrationScript(0))).rejects.toThrow('already exists');
    expect(await schemaDescription(database)).toEqual(before);
  });
});

describe('a store that requires the schema', () => {
  it('opens when it is current', async () => {
    await migratePostgres({ connectionString });
    await (await openPostgresStore({ connectionString, schema: 'require' })).close();
  });

  it.each([
    ['of nobody', '', 'the database is not set up for reservations', []],
    ['of another program', 'create table users (id integer)', 'the database is not set up for reservations', ['users']],
  ])('refuses a database %s, says what to run, and changes nothing', async (_, statement, found, left) => {
    await database.query(statement);
    expect(await faultOf(openPostgresStore({ connectionString, schema: 'require' }))).toEqual([
      'STORE_UNSUITABLE',
      `${found}, and schema version ${NEWEST} is required: run "reservations-server migrate up" on it`,
    ]);
    expect(await tables()).toEqual(left);
  });

  it('refuses an older one', async () => {
    await database.query(postgresMigrationScript(0).split('-- schema version 2')[0] ?? '');
    expect(await faultOf(openPostgresStore({ connectionString, schema: 'require' }))).toEqual([
      'STORE_UNSUITABLE',
      `the database has schema version 1, and schema version ${NEWEST} is required: run "reservations-server migrate up" on it`,
    ]);
    expect((await readPostgresSchema({ connectionString })).current).toBe(1);
  });
});

describe('the table schema_migrations of another program', () => {
  it.each([
    ['without our columns', 'create table schema_migrations (version bigint primary key, dirty boolean)'],
    [
      'with our columns',
      `create table schema_migrations (version text primary key, name text);
       insert into schema_migrations values ('20260102', 'create users')`,
    ],
  ])('is never taken for ours: %s', async (_, statement) => {
    await database.query(statement);
    const fault = [
      'STORE_UNSUITABLE',
      'the table schema_migrations of the database belongs to another program: use a database of its own',
    ];
    expect(await faultOf(openPostgresStore({ connectionString }))).toEqual(fault);
    expect(await faultOf(openPostgresStore({ connectionString, schema: 'require' }))).toEqual(fault);
    expect(await faultOf(readPostgresSchema({ connectionString }))).toEqual(fault);
    expect(await faultOf(migratePostgres({ connectionString }))).toEqual(fault);
    expect(await tables()).toEqual(['schema_migrations']);
  });
});

describe('a search_path of several schemas', () => {
  /** The address of the database with this search_path. */
  function through(path: string): string {
    const url = new URL(connectionString);
    url.searchParams.set('options', `-c search_path=${path}`);
    return url.href;
  }

  it('is refused when its first schema would hide the store of another one', async () => {
    await migratePostgres({ connectionString });
    await database.query('create schema app');
    const fault = [
      'STORE_UNSUITABLE',
      'the search_path leads to a store in schema public, behind schema app that has none: name one of them',
    ];
    expect(await faultOf(openPostgresStore({ connectionString: through('app,public') }))).toEqual(fault);
    expect(await faultOf(readPostgresSchema({ connectionString: through('app,public') }))).toEqual(fault);
    expect(await database.query("select from pg_tables where schemaname = 'app'")).toEqual([]);
  });

  it('has the store of the first', async () => {
    await migratePostgres({ connectionString });
    await database.query('create schema app');
    await migratePostgres({ connectionString: through('app') });
    const store = await openPostgresStore({ connectionString: through('app,public') });
    await store.events.append(exampleAppend(exampleId(1)));
    await store.close();
    expect(await database.query('select count(*)::integer as events from app.events')).toEqual([{ events: 1 }]);
    expect(await database.query('select count(*)::integer as events from public.events')).toEqual([{ events: 0 }]);
  });

  it('is not refused for what another program has further behind', async () => {
    await database.query('create table schema_migrations (version bigint primary key, dirty boolean)');
    await database.query('create schema app');
    expect(await migratePostgres({ connectionString: through('app,public') })).toEqual(STEPS);
    expect(await migratePostgres({ connectionString: through('app,public') })).toEqual([]);
  });

  it('of which none is there is refused in words', async () => {
    const fault = [
      'STORE_UNSUITABLE',
      'the search_path of the connection names no schema that exists and that the role may use',
    ];
    expect(await faultOf(openPostgresStore({ connectionString: through('nowhere') }))).toEqual(fault);
    expect(await faultOf(readPostgresSchema({ connectionString: through('nowhere') }))).toEqual(fault);
  });
});
