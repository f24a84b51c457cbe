import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { migrateSqlite, openSqliteStore, readSqliteSchema, sqliteMigrationScript } from '../index.ts';
import { createTestDirectories } from '../test-support.ts';
import { migrationScript } from '../../sql/migrations.ts';
import { migrate, requireSchema, tryMigrations } from './migrate.ts';
import { SQLITE_MIGRATIONS } from './steps.ts';

const STEPS = [{ version: 1, name: 'initial schema' }];
const NEWEST = STEPS.length;

/** A step that a later release may have. */
const LATER = { version: NEWEST + 1, name: 'later', statements: ['create table later (shard integer not null)'] };
const WITH_LATER = [...SQLITE_MIGRATIONS, LATER];

/** What a development version before the first release wrote down. */
const DEVELOPMENT_VERSION = `create table schema_migrations (version integer not null primary key, name text not null);
  insert into schema_migrations values (1, 'initial'), (2, 'subscriptions, view rebuilds and moves'),
    (3, 'transaction ids'), (4, 'one index for each look-up'), (5, 'keys that are free again');
  create table events (shard integer not null)`;

const directories = createTestDirectories();
afterAll(() => directories.remove());

let path: string;
beforeEach(async () => {
  path = await directories.newPath();
});

/** Works on the file as another program would. */
function inFile<Result>(file: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Runs statements on the file; returns every object that it has then. */
function execute(file: string, statements: string): readonly unknown[] {
  return inFile(file, (database) => {
    database.exec(statements);
    return database.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all();
  });
}

/** The code and the message of what a promise rejects with. */
async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => 'no fault',
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error ? [error.code, error.message] : error;
}

describe('migrating', () => {
  test('makes the file, applies what is missing, and finds nothing missing the second time', async () => {
    expect(await readSqliteSchema({ path })).toEqual({ current: 0, newest: NEWEST, pending: STEPS });
    expect(existsSync(path)).toBe(false);
    expect(await migrateSqlite({ path })).toEqual(STEPS);
    expect(await migrateSqlite({ path })).toEqual([]);
    expect(await readSqliteSchema({ path })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  test('for a trial tells what it would do, and makes no file', async () => {
    expect(await migrateSqlite({ path, dryRun: true })).toEqual(STEPS);
    expect(existsSync(path)).toBe(false);
  });

  test('for a trial on an older file leaves every byte as it is', async () => {
    await migrateSqlite({ path });
    const before = readFileSync(path);
    expect(inFile(path, (file) => tryMigrations(file, WITH_LATER))).toEqual([
      { version: LATER.version, name: 'later' },
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('for a trial finds what stands in the way, and undoes what came before it', async () => {
    const before = execute(path, 'create table store_moves (id integer)');
    await expect(migrateSqlite({ path, dryRun: true })).rejects.toThrow('table store_moves already exists');
    expect(execute(path, '')).toEqual(before);
  });
});

describe('a view that an operator made on the reservations', () => {
  test('stays and shows what it showed when a later step is applied', async () => {
    await migrateSqlite({ path });
    execute(path, 'create view daily as select stage, count(*) as n from reservations group by stage');
    expect(inFile(path, (file) => migrate(file, WITH_LATER))).toEqual([{ version: LATER.version, name: 'later' }]);
    expect(inFile(path, (file) => file.prepare('select * from daily').all())).toEqual([]);
  });
});

describe('the script of the migrations', () => {
  test('makes the schema of this release', async () => {
    execute(path, sqliteMigrationScript(0));
    expect(await readSqliteSchema({ path })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
    expect(sqliteMigrationScript(NEWEST)).toBe('');
  });

  test('makes the schema that migrating makes, in one go and step by step', async () => {
    const [migrated, stepwise] = [await directories.newPath(), await directories.newPath()];
    await migrateSqlite({ path: migrated });
    inFile(migrated, (file) => migrate(file, WITH_LATER));
    execute(stepwise, migrationScript(SQLITE_MIGRATIONS));
    const expected = execute(migrated, '');
    expect(execute(path, migrationScript(WITH_LATER))).toEqual(expected);
    expect(execute(stepwise, migrationScript([LATER]))).toEqual(expected);
  });
});

describe('a store that requires the schema', () => {
  test.each([true, false])('opens a current file (exclusive: %s)', async (exclusive) => {
    await migrateSqlite({ path });
    await (await openSqliteStore({ path, exclusive, schema: 'require' })).close();
  });

  test('never makes a file', async () => {
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual([
      'STORE_UNAVAILABLE',
      expect.stringContaining(path),
    ]);
    expect(existsSync(path)).toBe(false);
  });

  test('refuses a file of another program, says what to run, and leaves every byte as it is', async () => {
    execute(path, 'create table users (id integer)');
    const before = readFileSync(path);
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual([
      'STORE_UNSUITABLE',
      `the database is not set up for reservations, and schema version ${NEWEST} is required: run "reservations-server migrate up" on it`,
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-lock`)).toBe(false);
  });

  test('refuses a file of an older release, says what to run, and leaves every byte as it is', async () => {
    await migrateSqlite({ path });
    const before = readFileSync(path);
    expect(() => inFile(path, (file) => requireSchema(file, WITH_LATER))).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: `the database has schema version ${NEWEST}, and schema version ${LATER.version} is required: run "reservations-server migrate up" on it`,
      }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('the table schema_migrations of another program', () => {
  test.each([
    ['of a development version', DEVELOPMENT_VERSION],
    ['without our columns', 'create table schema_migrations (version varchar not null primary key)'],
    [
      'with our columns',
      "create table schema_migrations (version integer, name text); insert into schema_migrations values (1, 'users')",
    ],
  ])('is never taken for ours: %s', async (_, statement) => {
    const before = execute(path, statement);
    const fault = [
      'STORE_UNSUITABLE',
      'the table schema_migrations of the database was made by another program, or by a development version before the ' +
        'first release: use a new database',
    ];
    expect(await faultOf(openSqliteStore({ path }))).toEqual(fault);
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual(fault);
    expect(await faultOf(readSqliteSchema({ path }))).toEqual(fault);
    expect(await faultOf(migrateSqlite({ path }))).toEqual(fault);
    expect(execute(path, '')).toEqual(before);
  });
});
