import type { PostgresInspection } from '@reservations/core/postgres';
import { expect, test } from 'vitest';
import { mountFinding } from './check-mount.ts';
import { inspectionFindings } from './check-postgres.ts';

const GIB = { bsize: 4096, bavail: 262_144 };

test.each([
  ['ext4', 0xef53, GIB, 'ok'],
  ['a full disk', 0xef53, { bsize: 4096, bavail: 1_000 }, 'warning'],
  ['NFS', 0x6969, GIB, 'failed'],
  ['SMB, as a number with a sign', 0xff534d42 | 0, GIB, 'failed'],
  ['the layer of a container', 0x794c7630, GIB, 'warning'],
  ['memory', 0x01021994, GIB, 'warning'],
])('a database on %s (%i) is: %j %s', (_, type, space, result) => {
  const finding = mountFinding('/data', { type, ...space });
  expect([finding.result, finding.remedy === null]).toEqual([result, result === 'ok']);
});

const SOUND: PostgresInspection = {
  version: '18.4',
  isStandby: false,
  encryption: 'TLSv1.3',
  settingFaults: [],
  failoverRisk: null,
  schema: { kind: 'met', value: { current: 1, newest: 1, pending: [] } },
  serving: { kind: 'met', value: true },
  clockDifferenceMs: -12,
};

test.each<[string, Partial<PostgresInspection>, readonly string[]]>([
  ['is sound', {}, []],
  ['is a standby', { isStandby: true, serving: null }, ['failed database: version']],
  ['loses commits', { settingFaults: [{ expected: 'fsync on', found: 'off' }] }, ['failed database: settings']],
  ['has an asynchronous standby', { failoverRisk: 'asynchronous replication' }, ['warning database: replication']],
  ['is not encrypted', { encryption: null }, ['warning database: encryption']],
  ['has a clock that is 1 s behind', { clockDifferenceMs: -1_000 }, ['warning database: clock']],
  ['has a clock that is 10 s ahead', { clockDifferenceMs: 10_000 }, ['failed database: clock']],
  [
    'needs a step of the schema',
    { schema: { kind: 'met', value: { current: 0, newest: 1, pending: [{ version: 1, name: 'a' }] } }, serving: null },
    ['warning database: schema'],
  ],
  ['is newer', { schema: { kind: 'not-met', message: 'newer' }, serving: null }, ['failed database: schema']],
  ['gives too few rights', { serving: { kind: 'not-met', message: 'permission denied' } }, ['failed database: rights']],
])('a database that %s', async (_, facts, expected) => {
  const findings = await inspectionFindings({ ...SOUND, ...facts }, false);
  const troubles = findings.filter(({ result }) => result === 'warning' || result === 'failed');
  expect(troubles.map(({ result, check }) => `${result} ${check}`)).toEqual(expected);
  expect(troubles.every(({ remedy }) => remedy !== null)).toBe(true);
});
