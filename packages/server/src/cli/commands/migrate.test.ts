import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { run, runHere, serve, temporaryFile } from '../cli-fixture.ts';

const STEPS = ['1: initial schema'];
const NEWEST = STEPS.length;
const REQUIRED = `schema version ${NEWEST} is required: run "reservations-server migrate up" on it`;

/** A database of either kind that the commands see for the first time. */
interface NewDatabase {
  readonly db: string;
  /** Runs what `migrate print` printed, by the database's own means. */
  execute(script: string): Promise<unknown>;
}

async function newPostgres(): Promise<TestDatabase> {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  return database;
}

const KINDS: readonly (readonly [string, () => Promise<NewDatabase>])[] = [
  [
    'SQLite',
    async () => {
      const path = await temporaryFile('reservations.db');
      return { db: `sqlite:${path}`, execute: async (script) => executeSqlite(path, script) };
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const database = await newPostgres();
      return { db: database.url, execute: (script) => database.query(script) };
    },
  ],
];

/** In a process of its own, whose module has the driver. */
function executeSqlite(path: string, script: string): void {
  const program = `import Database from 'better-sqlite3';
    import { readFileSync } from 'node:fs';
    new Database(process.argv[1]).exec(readFileSync(0, 'utf8'));`;
  const cwd = new URL('../../../../core/', import.meta.url);
  execFileSync(process.execPath, ['--input-type=module', '-e', program, path], { cwd, input: script });
}

describe.each(KINDS)('migrating on %s', (kind, newDatabase) => {
  test('status tells what is pending, up applies it, and then nothing is', async () => {
    const { db } = await newDatabase();
    expect(await runHere(['migrate', 'status', '--db', db])).toEqual({
      code: 1,
      out: [
        ...(kind === 'SQLite' ? [`There is no file ${db.replace('sqlite:', '')} yet.`] : []),
        `The database has schema version 0, the newest is ${NEWEST}.`,
        ...STEPS.map((step) => `pending ${step}`),
      ].join('\n'),
      err: '',
    });
    expect(await runHere(['migrate', 'up', '--db', db])).toEqual({
      code: 0,
      out: [...STEPS.map((step) => `applied ${step}`), `The database has schema version ${NEWEST}.`].join('\n'),
      err: '',
    });
    expect(await runHere(['migrate', 'up'], { DATABASE_URL: db })).toMatchObject({
      code: 0,
      out: `The database has schema version ${NEWEST}.`,
    });
    expect(await runHere(['migrate', 'status', '--json'], { RESERVATIONS_DB: db })).toEqual({
      code: 0,
      out: `{"current":${NEWEST},"newest":${NEWEST},"pending":[]}`,
      err: '',
    });
  });

  test('a dry run tells what it would apply, and applies nothing', async () => {
    const { db } = await newDatabase();
    expect(await runHere(['migrate', 'up', '--dry-run', '--db', db])).toEqual({
      code: 0,
      out: [
        ...STEPS.map((step) => `would apply ${step}`),
        'The database has schema version 0. Nothing was changed.',
      ].join('\n'),
      err: '',
    });
    expect((await runHere(['migrate', 'status', '--db', db])).code).toBe(1);
  });

  test('what print prints makes the schema current', async () => {
    const { db, execute } = await newDatabase();
    const pending = await runHere(['migrate', 'print', '--db', db]);
    expect([pending.code, pending]).toEqual([0, await runHere(['migrate', 'print', '--all', '--db', db])]);
    await execute(pending.out);
    expect((await runHere(['migrate', 'status', '--db', db])).code).toBe(0);
    expect((await runHere(['migrate', 'print', '--db', db])).out).toMatch(/^-- for .*$/);
    expect((await runHere(['verify', '--db', db])).code).toBe(0);
  });

  test('two processes that migrate up at once both succeed', async () => {
    const { db } = await newDatabase();
    const both = [run(['migrate', 'up', '--db', db]), run(['migrate', 'up', '--db', db])];
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
    const said = both.flatMap((each) => each.out().trimEnd().split('\n')).toSorted();
    const end = `The database has schema version ${NEWEST}.`;
    expect(said).toEqual([end, end, ...STEPS.map((step) => `applied ${step}`)]);
  });

  test('a server that may not change tables starts only after it', async () => {
    const { db } = await newDatabase();
    const early = run(['--port', '0', '--sandbox', '--require-schema', '--db', db]);
    expect([await early.ended, early.out()]).toEqual([1, '']);
    expect(early.err()).not.toBe('');
    await runHere(['migrate', 'up', '--db', db]);
    const server = await serve('--sandbox', '--require-schema', '--db', db);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

test.each(['serve', 'verify', 'events', ''])(
  '%s never shows the password of a URL that it does not expect',
  async (command) => {
    const { code, out, err } = await runHere(
      [command, 'postgres://ada:sesame@host/shop'].filter((word) => word !== ''),
    );
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('postgres:…');
    expect(err).not.toContain('sesame');
  },
);

test('print --all needs no database, only its kind', async () => {
  expect(await runHere(['migrate', 'print', '--all', '--db', 'postgres:'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('create function append_group') as string,
  });
});

test('print --all for SQLite makes no file', async () => {
  const path = await temporaryFile('reservations.db');
  expect((await runHere(['migrate', 'print', '--all', '--db', path])).out).toContain('without rowid');
  expect(existsSync(path)).toBe(false);
});

const TOOLS: readonly string[] = [
  'events RES-01a2031a-f1bd-7642-a518-e4ed479c16ec',
  'verify',
  'payments open',
  'payments resolve RES-01a2031a-f1bd-7642-a518-e4ed479c16ec --not-charged --actor a --reason r',
  'reconcile --ledger /dev/null',
];

describe.each(TOOLS)('%s', (command) => {
  test('changes nothing in a database of PostgreSQL of another program', async () => {
    const database = await newPostgres();
    await database.query('create table users (id integer)');
    expect(await runHere([...command.split(' '), '--db', database.url])).toEqual({
      code: 1,
      out: '',
      err: `reservations-server: the database is not set up for reservations, and ${REQUIRED}`,
    });
    expect(await database.query("select tablename from pg_tables where schemaname = 'public'")).toEqual([
      { tablename: 'users' },
    ]);
  });

  test('changes nothing in a file of SQLite of another program', async () => {
    const path = await temporaryFile('other.db');
    executeSqlite(path, 'create table users (id integer)');
    const before = readFileSync(path);
    expect(await runHere([...command.split(' '), '--db', path])).toEqual({
      code: 1,
      out: '',
      err: `reservations-server: the database is not set up for reservations, and ${REQUIRED}`,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test('a SQLite file that a server has made needs no migration', async () => {
  const path = await temporaryFile('reservations.db');
  await (await openSqliteStore({ path })).close();
  expect((await runHere(['migrate', 'status', '--db', path])).code).toBe(0);
});
