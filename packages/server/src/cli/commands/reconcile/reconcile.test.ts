import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runHere, temporaryFile } from '../../cli-fixture.ts';
import { createDatabaseFixture, type DatabaseFixture } from '../../database-fixture.ts';

const STRANGER = 'RES-019b0000-0000-7000-8000-000000000001';

function line(reservation_id: string, user_id: string, overrides: object = {}): string {
  const transaction_id = `TXN-${user_id}`;
  const charge = { reservation_id, user_id, amount: 10.5, currency: 'EUR', transaction_id, message: 'Approved' };
  return JSON.stringify({ at: '2026-01-02T03:04:05.000Z', result: 'charged', ...charge, ...overrides });
}

async function reconcile(
  { path, named }: DatabaseFixture,
  lines: readonly string[],
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const ledger = await temporaryFile('ledger.jsonl');
  await writeFile(ledger, lines.map((each) => `${each}\n`).join(''));
  const { code, out, err } = await runHere(['reconcile', '--ledger', ledger, '--db', path, ...args]);
  return { code, out: named(out).replaceAll(/ +/g, ' '), err: err.replaceAll(ledger, 'LEDGER') };
}

test('what was confirmed was charged, and declines are no charges: they agree', async () => {
  const fixture = await createDatabaseFixture();
  const { confirmed, declined } = fixture;
  const lines = [line(confirmed, 'ada'), '', line(declined, 'bob', { result: 'declined', transaction_id: '' })];
  expect(await reconcile(fixture, lines)).toEqual({
    code: 0,
    out: 'Compared 4 reservations with 1 charge: they agree.',
    err: '',
  });
});

test('every difference is a line in words, and the exit code is 1', async () => {
  const fixture = await createDatabaseFixture();
  const { confirmed, declined, escalated } = fixture;
  const lines = [
    line(confirmed, 'ada', { amount: 10.51, transaction_id: 'TXN-1' }),
    line(confirmed, 'ada', { transaction_id: 'TXN-2' }),
    line(declined, 'bob'),
    line(escalated, 'eve'),
    line(STRANGER, 'mal'),
  ];
  const { code, out, err } = await reconcile(fixture, lines);
  expect([code, err]).toEqual([1, '']);
  expect(out.split('\n')).toEqual([
    'RES-ada charged more than once transactions TXN-1, TXN-2',
    'RES-ada charged something else than was reserved reserved 10.50 EUR of ada, charged 10.51 EUR of ada',
    'RES-ada confirmed with a transaction that the ledger does not have confirmed; ledger: TXN-1, TXN-2',
    'RES-bob failed, but charged failed; ledger: TXN-bob',
    'RES-eve charged, but not settled yet escalated; ledger: TXN-eve',
    `${STRANGER} charged, but there is no such reservation transaction TXN-mal of user mal`,
    'Compared 4 reservations with 5 charges: 5 differences.',
    '1 charge belongs to a payment without a verdict: no fault while settlement or an operator is at work (payments open).',
  ]);
});

test('a charge of a payment that is still open is a note, and the exit code is 0', async () => {
  const fixture = await createDatabaseFixture();
  const { confirmed, unresolved } = fixture;
  const lines = [line(confirmed, 'ada'), line(unresolved, 'carl')];
  expect(await reconcile(fixture, lines)).toMatchObject({ code: 0 });
  const { out } = await reconcile(fixture, lines, '--json');
  expect(JSON.parse(out)).toEqual({
    reservations: 4,
    charges: 2,
    confirmed_later: 0,
    differences: [{ kind: 'open-but-charged', reservation_id: 'RES-carl', detail: 'unresolved; ledger: TXN-carl' }],
  });
});

test('what was confirmed after the export was begun need not be in it', async () => {
  const fixture = await createDatabaseFixture();
  const missing =
    'RES-ada confirmed, but not charged confirmed with transaction TXN-ada, which the ledger does not have';
  expect(await reconcile(fixture, [])).toEqual({
    code: 1,
    out: `${missing}\nCompared 4 reservations with 0 charges: 1 difference.`,
    err: '',
  });
  expect(await reconcile(fixture, [], '--as-of', '2026-01-02T03:04:05.001Z')).toMatchObject({ code: 1 });
  expect(await reconcile(fixture, [], '--as-of', '2026-01-02T04:04:05+01:00')).toEqual({
    code: 0,
    out: 'Compared 4 reservations with 0 charges: they agree.\n1 reservation was confirmed after the export.',
    err: '',
  });
});

test('lines that are malformed are named by their number, and nothing is compared', async () => {
  const fixture = await createDatabaseFixture();
  const { confirmed } = fixture;
  const lines = [
    line(confirmed, 'ada'),
    '{"result":"charged"',
    '[]',
    line(confirmed, 'ada', { result: 'refunded' }),
    line(confirmed, 'ada', { transaction_id: '' }),
    line(confirmed, 'ada', { amount: '10.50' }),
    line(confirmed, 'ada', { reservation_id: undefined }),
  ];
  const { code, out, err } = await reconcile(fixture, lines);
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')).toEqual([
    'LEDGER: line 2: is no JSON',
    'LEDGER: line 3: is no JSON object',
    'LEDGER: line 4: result should be "charged" or "declined", is "refunded"',
    'LEDGER: line 5: transaction_id should be a text that is not empty, is ""',
    'LEDGER: line 6: amount should be a number, is "10.50"',
    'LEDGER: line 7: reservation_id should be a text that is not empty, is absent',
    'see: reservations-server reconcile --help',
  ]);
  const many = await reconcile(
    fixture,
    Array.from({ length: 25 }, () => 'x'),
  );
  expect(many.err.split('\n').slice(19)).toEqual([
    'LEDGER: line 20: is no JSON',
    'and 5 more',
    'see: reservations-server reconcile --help',
  ]);
});

test('an export that cannot be read, or none, is wrong usage', async () => {
  const { path } = await createDatabaseFixture();
  const ledger = await temporaryFile('ledger.jsonl');
  const gone = await runHere(['reconcile', '--ledger', ledger, '--db', path]);
  expect([gone.code, gone.err]).toEqual([2, expect.stringContaining(`${ledger} cannot be read: ENOENT`)]);
  expect(await runHere(['reconcile', '--db', path])).toMatchObject({
    code: 2,
    err: '--ledger: expected a text that is not empty, found nothing\nsee: reservations-server reconcile --help',
  });
  const when = await runHere(['reconcile', '--ledger', ledger, '--as-of', 'yesterday']);
  expect(when.err).toContain('--as-of: expected a time such as 2026-01-02T03:04:05Z, found "yesterday"');
});
