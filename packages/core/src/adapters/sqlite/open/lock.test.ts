import { chmod, chown, link, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories, startTestChild } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

/** The user "nobody", as whom a child runs when the tests run as root. */
const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;

/** A database that this process has served, and that an unprivileged process may serve but for its lock file. */
async function databaseOfAnotherUser(): Promise<string> {
  const path = await directories.newPath();
  await (await openSqliteStore({ path })).close();
  await chmod(dirname(path), 0o755);
  await chmod(`${path}-lock`, 0o444);
  if (isRoot) for (const own of [dirname(path), path]) await chown(own, UNPRIVILEGED, UNPRIVILEGED);
  return path;
}

const refusal = (path: string): string =>
  `STORE_UNAVAILABLE: ${path}-lock cannot be locked, because this process cannot write it (SQLITE_READONLY): give this ` +
  'user the file and its directory, or remove what is there while no server is running';

describe('a lock file that may only be read', () => {
  test('keeps every server from starting, because it locks nothing', async () => {
    const path = await databaseOfAnotherUser();
    for (const attempt of ['first', 'second']) {
      const child = startTestChild('serve', path, isRoot ? UNPRIVILEGED : undefined);
      expect([attempt, await child.nextLine()]).toEqual([attempt, refusal(path)]);
      await child.kill();
    }
  });

  test('does not concern a tool that opens the file beside', async () => {
    const path = await databaseOfAnotherUser();
    const child = startTestChild('openBeside', path, isRoot ? UNPRIVILEGED : undefined);
    expect(await child.nextLine()).toBe('done');
  });
});

describe('a file with several names', () => {
  test('is refused under each of them: each would have a log and a lock of its own', async () => {
    const path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    const other = join(dirname(path), 'other.db');
    await link(path, other);
    for (const name of [path, other]) {
      await expect(openSqliteStore({ path: name })).rejects.toMatchObject({
        code: 'STORE_UNSUITABLE',
        message:
          `${name} has 2 names (hard links), and each would have a write-ahead log and a lock of its own: ` +
          'remove the other names, or serve a copy',
      });
    }
    await rm(other);
    await (await openSqliteStore({ path })).close();
  });
});

describe('a file that is removed or replaced under the server', () => {
  const advice = 'nothing more is written: stop this process, put the files right, and start it again';

  test.each(['', '-wal', '-lock'])('fails each write and readiness: the file with "%s" at its end', async (suffix) => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    await store.checkWritable();
    await rename(`${path}${suffix}`, `${path}-away`);
    await expect(store.checkWritable()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `${path}${suffix} was removed while the database was open; ${advice}`,
    });
    await rename(`${path}-away`, `${path}${suffix}`);
    await store.checkWritable();
    await store.close();
  });

  test('is noticed when another file has its name', async () => {
    const path = await directories.newPath();
    const other = await directories.newPath();
    await (await openSqliteStore({ path: other })).close();
    const store = await openSqliteStore({ path });
    await rename(other, path);
    await expect(store.checkWritable()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `${path} was replaced by another file while the database was open; ${advice}`,
    });
    await store.close();
  });

  test('keeps two servers from writing when the lock file of the first is removed', async () => {
    const path = await directories.newPath();
    const first = await openSqliteStore({ path });
    await rm(`${path}-lock`);
    const second = await openSqliteStore({ path });
    await second.checkWritable();
    await expect(first.checkWritable()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await first.close();
    await second.checkWritable();
    await second.close();
  });
});
