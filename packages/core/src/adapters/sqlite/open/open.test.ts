import { chmod, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { exampleAppend, exampleCharge, exampleId, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { toStep } from '../../sql/migrations.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../index.ts';
import { createTestDirectories, startTestChild } from '../test-support.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';

const NEWEST = SQLITE_MIGRATIONS.length;

const directories = createTestDirectories();
afterEach(() => directories.remove());

/** What opening throws. */
async function faultOf(options: SqliteStoreOptions): Promise<{ readonly code: unknown; readonly message: string }> {
  const error: unknown = await openSqliteStore(options).then(
    async (store) => {
      await store.close();
      throw new Error('the store was opened');
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`not an error: ${String(error)}`);
  return { code: 'code' in error ? error.code : null, message: error.message };
}

describe('one process serves a database file', () => {
  test('a second store of the same process is refused until the first is closed', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    expect(await faultOf({ path })).toEqual({
      code: 'STORE_IN_USE',
      message: `${path} is already being served: one process serves a database file`,
    });
    await store.checkWritable();
    await store.close();
    await (await openSqliteStore({ path })).close();
  });

  test('a link to a file that is served is refused', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    const link = join(dirname(await directories.newPath()), 'link.db');
    await symlink(path, link);
    expect((await faultOf({ path: link })).code).toBe('STORE_IN_USE');
    await store.close();
  });

  test('a second process is refused while the first lives, and not when it was killed', async () => {
    const path = await directories.newPath();
    const child = startTestChild('serve', path);
    expect(await child.nextLine()).toBe('serving');
    expect((await faultOf({ path })).code).toBe('STORE_IN_USE');
    await child.kill();
    await (await openSqliteStore({ path })).close();
  });

  test('a tool may open the file beside the process that serves it', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    const child = startTestChild('openBeside', path);
    expect(await child.nextLine()).toBe('done');
    await store.checkWritable();
    await store.close();
  });

  test('databases in memory are strangers to each other', async () => {
    const [one, other] = [await openSqliteStore({ path: ':memory:' }), await openSqliteStore({ path: ':memory:' })];
    await one.events.append(exampleAppend(exampleId(1)));
    expect(await other.events.readAll({ after: 0, limit: 1 })).toEqual([]);
    await one.close();
    await other.close();
  });
});

describe('the leases that are found at the start', () => {
  const work = { change: 'enqueue', ...exampleCharge(1), owner: 'dead', openedAt: 1_000, leaseUntil: 9_000 } as const;
  const open = exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, work } });
  const row = { ...exampleCharge(1), openedAt: 1_000, attempts: 0, lastOutcome: null };

  test('are due at once for the process that serves the file', async () => {
    const path = await directories.newPath();
    const before = await openSqliteStore({ path });
    await before.events.append(open);
    await before.close();
    const store = await openSqliteStore({ path });
    expect(await store.work.list({ kind: 'charge', limit: 10 })).toEqual([{ ...row, dueAt: 0, owner: null }]);
    await store.close();
  });

  test('are left alone by a tool', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    await store.events.append(open);
    const tool = await openSqliteStore({ path, exclusive: false });
    expect(await tool.work.list({ kind: 'charge', limit: 10 })).toEqual([{ ...row, dueAt: 9_000, owner: 'dead' }]);
    await tool.close();
    await store.close();
  });
});

describe('a database that cannot be used', () => {
  test('is refused when it is newer than this code', async () => {
    const path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    const database = new Database(path);
    database.exec("insert into schema_migrations (version, name) values (99, 'from the future')");
    database.close();
    expect(await faultOf({ path })).toEqual({
      code: 'STORE_UNSUITABLE',
      message: `the database has schema version 99, this code knows versions up to ${NEWEST}: use a newer release`,
    });
  });

  test('is refused when it is no database', async () => {
    const path = await directories.newPath();
    await writeFile(path, 'not a database, and longer than the header of one: '.repeat(100));
    expect(await faultOf({ path })).toEqual({
      code: 'STORE_CORRUPT',
      message: `${path} is damaged: file is not a database`,
    });
  });

  test('is refused when its directory does not exist', async () => {
    const path = join(dirname(await directories.newPath()), 'missing', 'store.db');
    const { code, message } = await faultOf({ path });
    expect(code).toBe('STORE_UNAVAILABLE');
    expect(message).toContain(path);
  });

  test('is refused when it may only be read', async () => {
    const path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    await chmod(path, 0o444);
    await chmod(dirname(path), 0o777);
    // Root may write everything, so that another user has to try.
    const child = startTestChild('openBeside', path, process.getuid?.() === 0 ? NOBODY : undefined);
    expect(await child.nextLine()).toBe(
      `STORE_UNAVAILABLE: ${path} cannot be used now: attempt to write a readonly database (SQLITE_READONLY)`,
    );
  });

  test('releases the lock, so that it can be opened once it is repaired', async () => {
    const path = await directories.newPath();
    await writeFile(path, 'not a database, and longer than the header of one: '.repeat(100));
    await faultOf({ path });
    await writeFile(path, '');
    await (await openSqliteStore({ path })).close();
  });
});

const NOBODY = 65_534;

describe('options', () => {
  test.each([
    [{ path: '' }, 'path: expected a file or ":memory:", found ""'],
    [{ path: ' ' }, 'path: expected a file or ":memory:", found " "'],
    [{ path: 'file:x.db' }, 'path: expected a file or ":memory:", found "file:x.db"'],
    [{ path: 'x.db', busyTimeoutMs: -1 }, 'busyTimeoutMs: expected a whole number from 0 to 60000, found -1'],
    [{ path: 'x.db', busyTimeoutMs: 0.5 }, 'busyTimeoutMs: expected a whole number from 0 to 60000, found 0.5'],
    [{ path: 'x.db', busyTimeoutMs: 60_001 }, 'busyTimeoutMs: expected a whole number from 0 to 60000, found 60001'],
  ])('%j is refused with what was expected and what was found', async (options, message) => {
    expect(await faultOf(options)).toEqual({ code: 'INVALID_OPTION', message });
  });
});

describe('processes that start at once on new files', () => {
  test('all find them ready, each migrated once', async () => {
    const path = await directories.newPath();
    const children = Array.from({ length: 3 }, () => startTestChild('openManyAtOnce', path));
    expect(await Promise.all(children.map((child) => child.nextLine()))).toEqual(['ready', 'ready', 'ready']);
    for (const child of children) child.go();
    expect(await Promise.all(children.map((child) => child.nextLine()))).toEqual(['done', 'done', 'done']);
    const database = new Database(`${path}-1`);
    expect(database.prepare('select version, name from schema_migrations').all()).toEqual(
      SQLITE_MIGRATIONS.map(toStep),
    );
    database.close();
  });
});
