import { openSqliteStore } from '@reservations/core/sqlite';
import { describe, expect, test } from 'vitest';
import { runHere, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture, type DatabaseFixture } from '../database-fixture.ts';

const WORD = ['--actor', 'Ada Lovelace', '--reason', 'the ledger has it as TXN-7'];

async function resolve(
  { path, named }: DatabaseFixture,
  id: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, out, err } = await runHere(['payments', 'resolve', id, ...args, ...WORD, '--db', path]);
  return { code, out: named(out), err: named(err) };
}

async function eventsOf({ path }: DatabaseFixture, id: string): Promise<readonly unknown[]> {
  const store = await openSqliteStore({ path, exclusive: false });
  const events = await store.events.readStream(id, { after: 3, limit: 10 });
  const { open } = await store.work.gauge({ kind: 'charge' });
  await store.close();
  return [...events.map(({ type, data }) => [type, data['decidedBy']]), open];
}

describe('an operator decides an escalated payment', () => {
  const operator = { kind: 'operator', actor: 'Ada Lovelace', reason: 'the ledger has it as TXN-7' };

  test('charged: it is confirmed, with name and reason, and the same word again is nothing new', async () => {
    const fixture = await createDatabaseFixture();
    const confirmed = 'RES-eve (10.50 EUR of eve) is RESERVATION_CONFIRMED with transaction TXN-7.';
    expect(await resolve(fixture, fixture.escalated, '--charged', 'TXN-7')).toEqual({
      code: 0,
      out: confirmed,
      err: '',
    });
    expect(await resolve(fixture, fixture.escalated, '--charged', 'TXN-7')).toEqual({
      code: 0,
      out: `${confirmed} It was so already; nothing was written.`,
      err: '',
    });
    expect(await eventsOf(fixture, fixture.escalated)).toEqual([['RESERVATION_CONFIRMED', operator], 1]);
  });

  test('not charged: it has failed; the opposite is refused then, with what stands', async () => {
    const fixture = await createDatabaseFixture();
    expect(await resolve(fixture, fixture.escalated, '--not-charged', '--json')).toEqual({
      code: 0,
      err: '',
      out: JSON.stringify({
        result: 'resolved',
        reservation_id: 'RES-eve',
        status: 'RESERVATION_FAILED',
        transaction_id: null,
        user_id: 'eve',
        amount: '10.50',
        currency: 'EUR',
        version: 4,
      }),
    });
    expect(await resolve(fixture, fixture.escalated, '--charged', 'TXN-7')).toEqual({
      code: 1,
      out: '',
      err:
        'The finding contradicts what stands, and what stands is never overwritten ' +
        '(stands: failed (found-not-charged); claimed: approved with transaction TXN-7). Nothing was changed.',
    });
    expect(await eventsOf(fixture, fixture.escalated)).toEqual([['RESERVATION_FAILED', operator], 1]);
  });
});

describe('a decision is refused', () => {
  test('while settlement is at work', async () => {
    const fixture = await createDatabaseFixture();
    expect(await resolve(fixture, fixture.unresolved, '--not-charged')).toEqual({
      code: 1,
      out: '',
      err:
        'RES-carl is unresolved: settlement is at work on it, and an operator decides only what it has escalated. ' +
        'Nothing was changed.',
    });
    expect(await eventsOf(fixture, fixture.unresolved)).toEqual([1]);
  });

  test('when there is no such reservation, or no database', async () => {
    const fixture = await createDatabaseFixture();
    const id = 'RES-019b0000-0000-7000-8000-000000000001';
    expect(await resolve(fixture, id, '--not-charged')).toEqual({
      code: 1,
      out: '',
      err: `There is no reservation ${id}. Nothing was changed.`,
    });
    const path = await temporaryFile('none.db');
    expect(await resolve({ ...fixture, path }, id, '--not-charged')).toMatchObject({ code: 1, out: '' });
  });
});

test('a reason of 500 characters is taken, whatever their size', async () => {
  const fixture = await createDatabaseFixture();
  const reason = '🎫'.repeat(500);
  const args = [fixture.escalated, '--not-charged', '--actor', 'Ada', '--reason', reason, '--db', fixture.path];
  expect(await runHere(['payments', 'resolve', ...args])).toMatchObject({ code: 0, err: '' });
  expect(await eventsOf(fixture, fixture.escalated)).toMatchObject([
    ['RESERVATION_FAILED', { kind: 'operator', actor: 'Ada', reason }],
    1,
  ]);
});

test('wrong usage is told in full, and the database is not touched', async () => {
  const see = 'see: reservations-server payments resolve --help';
  const missing = await runHere(['payments', 'resolve']);
  const absent = ['--actor', '--reason'].map(
    (flag) => `${flag}: expected a text of 1 to 500 characters, found nothing`,
  );
  absent.push('--charged, --not-charged: expected one of them, found neither', see);
  expect(missing).toEqual({
    code: 2,
    out: '',
    err: ['expected the id of a reservation, RES-…, found nothing', ...absent].join('\n'),
  });
  const id = 'RES-019b0000-0000-7000-8000-000000000001';
  expect((await runHere(['payments', 'resolve', id])).err).toBe(absent.join('\n'));
  const args = ['--charged', 'TXN 7', '--actor', ' ', '--reason', 'x'.repeat(501), 'RES-1', '--not-charged'];
  expect(await runHere(['payments', 'resolve', ...args])).toEqual({
    code: 2,
    out: '',
    err: [
      'expected the id of a reservation, RES-…, found RES-1',
      '--charged: expected a transaction id of 1 to 255 visible ASCII characters, found "TXN 7"',
      '--actor: expected a text of 1 to 500 characters, found " "',
      `--reason: expected a text of 1 to 500 characters, found "${'x'.repeat(501)}"`,
      see,
    ].join('\n'),
  });
  const both = ['--charged', 'TXN-7', '--not-charged', ...WORD];
  expect((await runHere(['payments', 'resolve', ...both, id])).err).toBe(
    `--charged, --not-charged: expected one of them, found both\n${see}`,
  );
});
