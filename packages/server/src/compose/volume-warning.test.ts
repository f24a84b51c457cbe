import { expect, test } from 'vitest';
import type { StoreAddress } from '../config/store-address.ts';
import { volumeWarning } from './volume-warning.ts';

const ROOT = '63 43 0:52 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/a';
const PROC = '64 63 0:39 / /proc rw,nosuid - proc proc rw';
const VOLUME = '70 63 254:0 /volumes/reservations/_data /data rw,relatime shared:5 - ext4 /dev/vda rw';
const file = (path: string): StoreAddress => ({ kind: 'sqlite', path });

function warn(db: StoreAddress, lines: readonly string[], dataVolume: string | null = '/data'): string | null {
  return volumeWarning({ db, dataVolume }, { mountInfo: [...lines, ''].join('\n'), realPath: (path) => path });
}

test('a SQLite file in the file system of the container is warned of, with what to do', () => {
  expect(warn(file('/data/reservations.db'), [ROOT, PROC])).toBe(
    "/data/reservations.db lies in the container's own file system and is lost with the container: " +
      'mount a volume at /data, or use PostgreSQL',
  );
});

test('a volume of a similar name, or beside the file, does not count', () => {
  const beside = [VOLUME.replace('/data ', '/data2 '), VOLUME.replace('/data ', '/data/backup ')];
  expect(warn(file('/data/reservations.db'), [ROOT, ...beside])).toContain('is lost with the container');
  expect(warn(file('/elsewhere/reservations.db'), [ROOT, VOLUME])).toContain('is lost with the container');
});

test('a file on a volume, in a folder of it, or on a volume at a name with a space needs no warning', () => {
  expect(warn(file('/data/reservations.db'), [VOLUME, ROOT])).toBeNull();
  expect(warn(file('/data/shop/reservations.db'), [ROOT, VOLUME])).toBeNull();
  expect(warn(file('/my data/reservations.db'), [ROOT, VOLUME.replace('/data ', String.raw`/my\040data `)])).toBeNull();
});

test('a file in memory is warned of, also where a volume is hidden', () => {
  const tmpfs = '71 63 0:60 / /data rw - tmpfs tmpfs rw';
  expect(warn(file('/data/reservations.db'), [ROOT, VOLUME, tmpfs])).toContain('lies in memory (tmpfs at /data)');
});

test('the directory of the file counts, not a link to it', () => {
  const facts = { mountInfo: [ROOT, VOLUME].join('\n'), realPath: () => '/var/lib' };
  expect(volumeWarning({ db: file('/data/link/reservations.db'), dataVolume: '/data' }, facts)).toContain(
    'is lost with',
  );
});

test('nothing is warned of outside of a container, without mountinfo, on PostgreSQL, and in memory by choice', () => {
  const postgres: StoreAddress = { kind: 'postgres', url: 'postgres://db/app', label: 'postgres://db/app' };
  const unknown = { mountInfo: null, realPath: (path: string) => path };
  expect([
    warn(file('/data/reservations.db'), [ROOT], null),
    warn(postgres, [ROOT]),
    warn(file(':memory:'), [ROOT]),
    volumeWarning({ db: file('/data/reservations.db'), dataVolume: '/data' }, unknown),
  ]).toEqual([null, null, null, null]);
});
