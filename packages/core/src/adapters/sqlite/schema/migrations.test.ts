import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { migrateSqlite, openSqliteStore, readSqliteSchema, sqliteMigrationScript } from '../index.ts';
import { createTestDirectories } from '../test-support.ts';

const STEPS = [
  { version: 1, name: 'initial' },
  { version: 2, name: 'subscriptions, view rebuilds and moves' },
  { version: 3, name: 'transaction ids' },
  { version: 4, name: 'one index for each look-up' },
  { version: 5, name: 'keys that are free again' },
];
const NEWEST = STEPS.length;
const VERSION_1 = sqliteMigrationScript(0).split('-- schema version 2')[0] ?? '';

const directories = createTestDirectories();
afterAll(() => directories.remove());

let path: string;
beforeEach(async () => {
  path = await directories.newPath();
});

/** Runs statements on the file, as another program would; returns every object that it has then. */
function execute(file: string, statements: string): readonly unknown[] {
  const database = new Database(file);
  try {
    database.exec(statements);
    return database.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all();
  } finally {
    database.close();
  }
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
  it('makes the file, applies what is missing, and finds nothing missing the second time', async () => {
    expect(await readSqliteSchema({ path })).toEqual({ current: 0, newest: NEWEST, pending: STEPS });
    expect(existsSync(path)).toBe(false);
    expect(await migrateSqlite({ path })).toEqual(STEPS);
    expect(await migrateSqlite({ path })).toEqual([]);
    expect(await readSqliteSchema({ path })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });

  it('for a trial tells what it would do, and makes no file', async () => {
    expect(await migrateSqlite({ path, dryRun: true })).toEqual(STEPS);
    expect(existsSync(path)).toBe(false);
  });

  it('for a trial on an older file leaves every byte as it is', async () => {
    execute(path, VERSION_1);
    const before = readFileSync(path);
    expect(await migrateSqlite({ path, dryRun: true })).toEqual(STEPS.slice(1));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('for a trial finds what stands in the way, and undoes what came before it', async () => {
    const before = execute(path, `${VERSION_1}; create table store_moves (id integer)`);
    await expect(migrateSqlite({ path, dryRun: true })).rejects.toThrow('table store_moves already exists');
    expect(execute(path, '')).toEqual(before);
  });
});

describe('a view that an operator made on the reservations', () => {
  const OLD_FILE = `${VERSION_1};
    insert into reservations values (0, 'RES-1', 's', 'processing', 'u', 1, 'EUR', 2, null, null, null, '', '', '', 1);
    create view daily as select stage, count(*) as n from reservations group by stage`;
  const ways: readonly (readonly [string, (file: string) => Promise<unknown>])[] = [
    ['migrating', (file) => migrateSqlite({ path: file })],
    ['the printed script', async (file) => execute(file, sqliteMigrationScript(1))],
  ];

  it.each(ways)('stays and shows what it showed: %s', async (_, upgrade) => {
    execute(path, OLD_FILE);
    expect(await migrateSqlite({ path, dryRun: true })).toEqual(STEPS.slice(1));
    await upgrade(path);
    const database = new Database(path, { readonly: true });
    const rows = database.prepare('select * from daily').all();
    database.close();
    expect(rows).toEqual([{ stage: 'processing', n: 1 }]);
    expect(await readSqliteSchema({ path })).toMatchObject({ current: NEWEST });
  });
});

describe('a file from before keys were released', () => {
  it('has the keys of what was never sent free again, and all others bound as before', async () => {
    const row = (id: string, reason: string): string =>
      `insert into reservations values (0, '${id}', 's', 'failed', 'u', 1, 'EUR', 2, null, ${reason}, null, '', '', '', 2);
       insert into idempotency_keys values (0, 'caller', 'of ${id}', 'body', '${id}');`;
    const script = sqliteMigrationScript(0).split('-- schema version 4')[0] ?? '';
    execute(path, `${script} ${row('RES-1', "'not-sent'")} ${row('RES-2', "'declined'")} ${row('RES-3', 'null')}`);
    await migrateSqlite({ path });
    const database = new Database(path, { readonly: true });
    const keys = database.prepare('select idempotency_key from idempotency_keys order by 1').pluck().all();
    database.close();
    expect(keys).toEqual(['of RES-2', 'of RES-3']);
  });
});

describe('the script of the migrations', () => {
  it('makes the schema that migrating makes, in one go and step by step', async () => {
    const [migrated, stepwise] = [await directories.newPath(), await directories.newPath()];
    await migrateSqlite({ path: migrated });
    execute(stepwise, VERSION_1);
    const expected = execute(migrated, '');
    expect(execute(path, sqliteMigrationScript(0))).toEqual(expected);
    expect(execute(stepwise, sqliteMigrationScript(1))).toEqual(expected);
    expect(await readSqliteSchema({ path })).toEqual({ current: NEWEST, newest: NEWEST, pending: [] });
  });
});

describe('a store that requires the schema', () => {
  it.each([true, false])('opens a current file (exclusive: %s)', async (exclusive) => {
    await migrateSqlite({ path });
    await (await openSqliteStore({ path, exclusive, schema: 'require' })).close();
  });

  it('never makes a file', async () => {
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual([
      'STORE_UNAVAILABLE',
      expect.stringContaining(path),
    ]);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['of another program', 'create table users (id integer)', 'the database is not set up for reservations'],
    ['of an older release', VERSION_1, 'the database has schema version 1'],
  ])('refuses a file %s, says what to run, and leaves every byte as it is', async (_, statements, found) => {
    execute(path, statements);
    const before = readFileSync(path);
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual([
      'STORE_UNSUITABLE',
      `${found}, and schema version ${NEWEST} is required: run "reservations-server migrate up" on it`,
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-lock`)).toBe(false);
  });
});

describe('the table schema_migrations of another program', () => {
  it.each([
    ['without our columns', 'create table schema_migrations (version varchar not null primary key)'],
    [
      'with our columns',
      "create table schema_migrations (version integer, name text); insert into schema_migrations values (1, 'users')",
    ],
  ])('is never taken for ours: %s', async (_, statement) => {
    const before = execute(path, statement);
    const fault = [
      'STORE_UNSUITABLE',
      'the table schema_migrations of the database belongs to another program: use a database of its own',
    ];
    expect(await faultOf(openSqliteStore({ path }))).toEqual(fault);
    expect(await faultOf(openSqliteStore({ path, schema: 'require' }))).toEqual(fault);
    expect(await faultOf(readSqliteSchema({ path }))).toEqual(fault);
    expect(await faultOf(migrateSqlite({ path }))).toEqual(fault);
    expect(execute(path, '')).toEqual(before);
  });
});
