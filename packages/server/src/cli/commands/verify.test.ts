import { readFile, writeFile } from 'node:fs/promises';
import { openSqliteStore } from '@reservations/core/sqlite';
import { expect, test } from 'vitest';
import { run, runHere, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture } from '../database-fixture.ts';

test('a sound database has no fault', async () => {
  const { path } = await createDatabaseFixture();
  expect(await runHere(['verify', '--db', path])).toEqual({
    code: 0,
    out: 'Read 9 events of 4 reservations; settlement works on 1 payment. No fault was found.',
    err: '',
  });
  expect(JSON.parse((await runHere(['verify', '--db', path, '--json'])).out)).toEqual({
    events: 9,
    reservations: 4,
    with_settlement: 1,
    of_later_release: 0,
    faults: [],
  });
});

test('a database without events is sound, and asked about', async () => {
  const path = await temporaryFile('reservations.db');
  await (await openSqliteStore({ path })).close();
  expect(await runHere(['verify', '--db', path])).toEqual({
    code: 0,
    out: 'The database is empty. Should it be?',
    err: '',
  });
});

test('a flipped bit in the file is found, and its event is named', async () => {
  const { path, named } = await createDatabaseFixture();
  const bytes = await readFile(path);
  // In the text of bob's decline, of which the view has a copy; the log is the one with "reason" before it.
  const place = bytes.indexOf('Insufficient funds', bytes.indexOf('"reason":"declined"'));
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path, bytes);
  const { code, out, err } = await runHere(['verify', '--db', path]);
  expect([code, err]).toEqual([1, '']);
  expect(named(out).split('\n')).toEqual([
    'the event at position 4 (stream RES-bob, version 2) does not match its checksum',
    'Read 9 events of 4 reservations; settlement works on 1 payment. Found 1 fault.',
  ]);
});

test('a flipped bit in the view is found, and the field is named', async () => {
  const { path, named } = await createDatabaseFixture();
  const bytes = await readFile(path);
  // The columns stage and transaction_id of the row lie side by side.
  const place = bytes.indexOf('confirmedTXN-ada') + 'confirmed'.length;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path, bytes);
  const { code, out } = await runHere(['verify', '--db', path]);
  expect([code, named(out).split('\n')[0]]).toEqual([
    1,
    'view of RES-ada differs from its folded stream: transactionId is "UXN-ada", not "TXN-ada"',
  ]);
});

test('damage of any page ends the check with a fault, in the pages of events always', async () => {
  const { path, declined } = await createDatabaseFixture();
  const bytes = await readFile(path);
  const pageBytes = bytes.readUInt16BE(16);
  const codes = new Map<string, readonly (number | string | null)[]>();
  for (let start = pageBytes; start < bytes.length; start += pageBytes) {
    const page = bytes.subarray(start, start + pageBytes);
    if (!page.includes(declined)) continue;
    const damaged = Buffer.from(bytes);
    // The byte that says what kind of page it is.
    damaged.writeUInt8(damaged.readUInt8(start) ^ 0x0e, start);
    await writeFile(path, damaged);
    const kind = page.includes('"causationId"') ? 'events' : 'others';
    // In a process of its own: a check without an end would hold up everything else in this one.
    codes.set(kind, [...(codes.get(kind) ?? []), await run(['verify', '--db', path]).ended]);
  }
  expect(codes.get('events')).toEqual([1]);
  expect(codes.get('others')).toEqual(expect.arrayContaining([1]));
});
