import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { assertDurable, isAtLeast, setDurable } from './durability.ts';
import { createTestDirectories } from '../test-support.ts';

const directories = createTestDirectories();
const connections: Database.Database[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await directories.remove();
});

async function connect(): Promise<Database.Database> {
  const connection = new Database(await directories.newPath());
  connections.push(connection);
  return connection;
}

/** The settings that a commit's survival hangs on. */
function settings(database: Database.Database): unknown {
  return ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync'].map((name) =>
    database.pragma(name, { simple: true }),
  );
}

describe('durability', () => {
  test('is WAL with a full sync at every commit', async () => {
    const database = await connect();
    setDurable(database);
    expect(settings(database)).toEqual(['wal', 2, 1, 1]);
    expect(() => assertDurable(database)).not.toThrow();
  });

  test('is what every connection of a store has', async () => {
    const database = await openConnection(await directories.newPath(), 0);
    connections.push(database);
    expect(settings(database)).toEqual(['wal', 2, 1, 1]);
  });

  test('is waited for while another process writes to a file that is not in WAL yet', async () => {
    const other = await connect();
    other.exec('begin immediate; create table t (c)');
    const opening = openConnection(other.name, 10_000);
    await new Promise<void>((resolve) => setImmediate(resolve));
    other.exec('commit');
    const database = await opening;
    connections.push(database);
    expect(settings(database)).toEqual(['wal', 2, 1, 1]);
  });

  test('is refused on a file that is locked for longer than the busy timeout', async () => {
    const other = await connect();
    other.exec('create table t (c); begin exclusive');
    await expect(openConnection(other.name, 30)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test.each([
    ['synchronous = normal', 'synchronous 2 (FULL), found 1'],
    ['synchronous = off', 'synchronous 2 (FULL), found 0'],
    ['journal_mode = delete', 'journal_mode wal, found delete'],
  ])('is missed when something set %s', async (pragma, message) => {
    const database = await connect();
    setDurable(database);
    database.pragma(pragma);
    expect(() => assertDurable(database)).toThrow(
      expect.objectContaining({ code: 'STORE_UNSUITABLE', message: `${database.name} needs ${message}` }),
    );
  });

  test.each([
    ['3.51.3', true],
    ['3.51.10', true],
    ['3.52.0', true],
    ['4.0', true],
    ['3.51.2', false],
    ['3.9.9', false],
    ['3.51', false],
  ])('SQLite %s is new enough: %s', (version, expected) => {
    expect(isAtLeast(version, '3.51.3')).toBe(expected);
  });
});
