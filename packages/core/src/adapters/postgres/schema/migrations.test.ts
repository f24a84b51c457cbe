import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { exampleAppend, exampleId } from '../../../testing/builders.ts';
import { migratePostgres, openPostgresStore, postgresMigrationScript, readPostgresSchema } from '../index.ts';
import { schemaDescription } from '../test-schema.ts';
import { migrationScript } from '../../sql/migrations.ts';
import { type Connections, createConnections } from '../open/connection.ts';
import { parseConnectionOptions } from '../open/options.ts';
import { migrate, requireSchema, tryMigrations } from './migrate.ts';
import { POSTGRES_MIGRATIONS } from './steps.ts';

const STEPS = [{ version: 1, name: 'initial schema' }];
const NEWEST = STEPS.length;

/** A step that a later release may have. */
const LATER = { version: NEWEST + 1, name: 'later', statements: ['create table later (shard integer not null)'] };
const WITH_LATER = [...POSTGRES_MIGRATIONS, LATER];

/** What a development version before the first release wrote down. */
const DEVELOPMENT_VERSION = `create table schema_migrations (version integer not null primary key, name text not null);
  insert into schema_migrations values (1, 'initial'), (2, 'subscriptions, view rebuilds and moves'),
    (3, 'transaction ids'), (4, 'one index for each look-up'), (5, 'keys that are free again');
  create table events (shard integer not null)`;

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

/** Connections that the test closes. */
function connect(): Connections {
  const connections = createConnections(parseConnectionOptions({ connectionString, poolMax: 1 }));
  onTestFinished(() => connections.end());
  return connections;
}

async function tables(): Promise<readonly unknown[]> {
  const rows = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1");
  return rows.map(({ tablename }) => tablename);
}

describe('migrating', () => {
  test('applies what is missing, tells it, and finds nothing missing the second time', async () => {
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: 0, newest: NEWEST, pending: STEPS });
    expect(await migratePostgres({ connectionString })).toEqual(STEPS);
    expect(await migratePostgres({ connectionString })).toEqual([]);
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  test('by several at once applies each step once, and all succeed', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migratePostgres({ connectionString })));
    expect(applied.flat().toSorted((a, b) => a.version - b.version)).toEqual(STEPS);
  });

  test('for a trial tells what it would do and leaves no trace', async () => {
    expect(await migratePostgres({ connectionString, dryRun: true })).toEqual(STEPS);
    expect(await tables()).toEqual([]);
  });

  test('for a trial finds what stands in the way', async () => {
    await database.query('create table subscriptions (id integer)');
    await expect(migratePostgres({ connectionString, dryRun: true })).rejects.toThrow(
      'relation "subscriptions" already exists',
    );
    expect(await tables()).toEqual(['subscriptions']);
  });

  test('goes on where the database is', async () => {
    await migratePostgres({ connectionString });
    const connections = connect();
    const pending = [{ version: LATER.version, name: LATER.name }];
    expect(await tryMigrations(connections, WITH_LATER)).toEqual(pending);
    expect(await migrate(connections, WITH_LATER)).toEqual(pending);
    expect(await tryMigrations(connections, WITH_LATER)).toEqual([]);
  });
});

describe('the script of the migrations', () => {
  test('makes the schema that migrating makes', async () => {
    await database.query(postgresMigrationScript(0));
    const migrated = await newDatabase();
    await migratePostgres({ connectionString: migrated.url });
    expect(await schemaDescription(database)).toEqual(await schemaDescription(migrated));
    expect(await readPostgresSchema({ connectionString })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  test('upgrades an older schema, and is empty for a current one', async () => {
    await migratePostgres({ connectionString });
    await database.query(migrationScript([LATER]));
    expect(await migrate(connect(), WITH_LATER)).toEqual([]);
    expect(await tables()).toContain('later');
    expect(postgresMigrationScript(NEWEST)).toBe('');
  });

  test('a second time changes nothing', async () => {
    await database.query(postgresMigrationScript(0));
    const before = await schemaDescription(database);
    await expect(database.query(postgresMigrationScript(0))).rejects.toThrow('already exists');
    expect(await schemaDescription(database)).toEqual(before);
  });
});

describe('a store that requires the schema', () => {
  test('opens when it is current', async () => {
    await migratePostgres({ connectionString });
    await (await openPostgresStore({ connectionString, schema: 'require' })).close();
  });

  test.each([
    ['without tables', '', 'the database is not set up for reservations', []],
    ['of another program', 'create table users (id integer)', 'the database is not set up for reservations', ['users']],
  ])('refuses a database %s, says what to run, and changes nothing', async (_, statement, found, left) => {
    await database.query(statement);
    expect(await faultOf(openPostgresStore({ connectionString, schema: 'require' }))).toEqual([
      'STORE_UNSUITABLE',
      `${found}, and schema version ${NEWEST} is required: run "reservations-server migrate up" on it`,
    ]);
    expect(await tables()).toEqual(left);
  });

  test('refuses an older one', async () => {
    await migratePostgres({ connectionString });
    expect(await faultOf(requireSchema(connect().run, WITH_LATER))).toEqual([
      'STORE_UNSUITABLE',
      `the database has schema version ${NEWEST}, and schema version ${LATER.version} is required: run "reservations-server migrate up" on it`,
    ]);
    expect(await tables()).not.toContain('later');
  });
});

describe('the table schema_migrations of another program', () => {
  test.each([
    ['of a development version', DEVELOPMENT_VERSION, ['events', 'schema_migrations']],
    [
      'without our columns',
      'create table schema_migrations (version bigint primary key, dirty boolean)',
      ['schema_migrations'],
    ],
    [
      'with our columns',
      `create table schema_migrations (version text primary key, name text);
       insert into schema_migrations values ('20260102', 'create users')`,
      ['schema_migrations'],
    ],
  ])('is never taken for ours: %s', async (_, statement, left) => {
    await database.query(statement);
    const fault = [
      'STORE_UNSUITABLE',
      'the table schema_migrations of the database was made by another program, or by a development version before the ' +
        'first release: use a new database',
    ];
    expect(await faultOf(openPostgresStore({ connectionString }))).toEqual(fault);
    expect(await faultOf(openPostgresStore({ connectionString, schema: 'require' }))).toEqual(fault);
    expect(await faultOf(readPostgresSchema({ connectionString }))).toEqual(fault);
    expect(await faultOf(migratePostgres({ connectionString }))).toEqual(fault);
    expect(await tables()).toEqual(left);
  });
});

describe('a search_path of several schemas', () => {
  /** The address of the database with this search_path. */
  function through(path: string): string {
    const url = new URL(connectionString);
    url.searchParams.set('options', `-c search_path=${path}`);
    return url.href;
  }

  test('is refused when its first schema would hide the store of another one', async () => {
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

  test('has the store of the first', async () => {
    await migratePostgres({ connectionString });
    await database.query('create schema app');
    await migratePostgres({ connectionString: through('app') });
    const store = await openPostgresStore({ connectionString: through('app,public') });
    await store.events.append(exampleAppend(exampleId(1)));
    await store.close();
    expect(await database.query('select count(*)::integer as events from app.events')).toEqual([{ events: 1 }]);
    expect(await database.query('select count(*)::integer as events from public.events')).toEqual([{ events: 0 }]);
  });

  test('is not refused for what another program has further behind', async () => {
    await database.query('create table schema_migrations (version bigint primary key, dirty boolean)');
    await database.query('create schema app');
    expect(await migratePostgres({ connectionString: through('app,public') })).toEqual(STEPS);
    expect(await migratePostgres({ connectionString: through('app,public') })).toEqual([]);
  });

  test('of which none is there is refused in words', async () => {
    const fault = [
      'STORE_UNSUITABLE',
      'the search_path of the connection names no schema that exists and that the role may use',
    ];
    expect(await faultOf(openPostgresStore({ connectionString: through('nowhere') }))).toEqual(fault);
    expect(await faultOf(readPostgresSchema({ connectionString: through('nowhere') }))).toEqual(fault);
  });
});
