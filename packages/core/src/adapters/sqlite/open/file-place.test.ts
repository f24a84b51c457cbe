import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { warningOfOwnMount } from './file-place.ts';
import { createTestDirectories } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

/** A database file, and a list of mounts in the format of /proc/self/mountinfo. */
async function mounted(name: string, mountPoints: (file: string) => readonly string[]): Promise<string | null> {
  const directory = join(dirname(await directories.newPath()), 'data');
  await mkdir(directory);
  const file = join(await realpath(directory), name);
  const mounts = join(dirname(directory), 'mountinfo');
  await writeFile(file, '');
  const lines = mountPoints(file).map((point) => `36 35 98:0 /r.db ${point} rw,noatime - ext4 /dev/vda rw\n`);
  await writeFile(mounts, lines.join(''));
  return warningOfOwnMount(file, mounts);
}

describe('a database file that is a mount of its own', () => {
  test('is warned of, with what to mount instead', async () => {
    const warning = await mounted('r.db', (file) => ['/', dirname(file), file]);
    expect(warning).toMatch(
      /^\/\S*\/data\/r\.db is mounted as a single file: its write-ahead log \/\S*\/data\/r\.db-wal lies on another mount, and when that is lost after a crash, acknowledged reservations are lost and their idempotency keys charge again\. Mount the directory \/\S*\/data instead of the file$/,
    );
  });

  test('is recognized when its name has blanks', async () => {
    expect(await mounted('my store.db', (file) => [file.replaceAll(' ', '\\040')])).toContain('my store.db is mounted');
  });
});

describe('a database file in a directory that is mounted', () => {
  test('is not warned of', async () => {
    expect(await mounted('r.db', (file) => ['/', dirname(file), `${file}-wal`])).toBeNull();
  });

  test('is not warned of where the system has no list of mounts', async () => {
    const path = await directories.newPath();
    await writeFile(path, '');
    expect(warningOfOwnMount(path, join(dirname(path), 'missing'))).toBeNull();
  });
});
