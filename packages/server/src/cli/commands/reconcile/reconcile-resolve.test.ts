import { writeFile } from 'node:fs/promises';
import { openSqliteStore } from '@reservations/core/sqlite';
import { describe, expect, test } from 'vitest';
import { runHere, temporaryFile } from '../../cli-fixture.ts';
import { createDatabaseFixture, type DatabaseFixture } from '../../database-fixture.ts';

function line(reservation_id: string, user_id: string): string {
  const charge = { reservation_id, user_id, amount: 10.5, currency: 'EUR', transaction_id: `TXN-${user_id}` };
  return JSON.stringify({ result: 'charged', ...charge });
}

async function reconcile(
  { path, named }: DatabaseFixture,
  lines: readonly string[],
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const ledger = await temporaryFile('ledger.jsonl');
  await writeFile(ledger, lines.map((each) => `${each}\n`).join(''));
  const { code, out, err } = await runHere(['reconcile', '--ledger', ledger, '--db', path, ...args]);
  const tidy = (text: string): string => named(text).replaceAll(ledger, 'LEDGER').replaceAll(/ +/g, ' ');
  return { code, out: tidy(out), err: tidy(err) };
}

async function lastEventOf({ path }: DatabaseFixture, id: string): Promise<unknown> {
  const store = await openSqliteStore({ path, exclusive: false });
  const events = await store.events.readStream(id, { after: 0, limit: 10 });
  await store.close();
  return events.at(-1)?.data['decidedBy'];
}

const BY = ['--resolve', '--actor', 'Ada Lovelace'];

describe('reconcile --resolve', () => {
  test('confirms what the export proves, with file and line as the reason, and finds that all agree then', async () => {
    const fixture = await createDatabaseFixture();
    const { confirmed, escalated } = fixture;
    const lines = [line(confirmed, 'ada'), '', line(escalated, 'eve')];
    expect(await reconcile(fixture, lines, ...BY)).toEqual({
      code: 0,
      out: [
        'RES-eve confirmed with transaction TXN-eve LEDGER, line 3',
        'Resolved 1 escalated payment by the export; none is left to an operator.',
        'Compared 4 reservations with 2 charges: they agree.',
      ].join('\n'),
      err: '',
    });
    expect(await lastEventOf(fixture, escalated)).toEqual({
      kind: 'operator',
      actor: 'Ada Lovelace',
      reason: expect.stringMatching(/^the ledger has the charge: .*ledger\.jsonl, line 3$/),
    });
  });

  test('leaves to an operator what the export does not have, and to settlement what it works on', async () => {
    const fixture = await createDatabaseFixture();
    const { confirmed, unresolved } = fixture;
    const lines = [line(confirmed, 'ada'), line(unresolved, 'carl')];
    expect(await reconcile(fixture, lines, ...BY)).toEqual({
      code: 0,
      out: [
        'RES-eve left to an operator the export has no charge, which proves nothing (10.50 EUR of eve)',
        'Resolved 0 escalated payments by the export; 1 left to an operator (payments open).',
        'RES-carl charged, but not settled yet unresolved; ledger: TXN-carl',
        'Compared 4 reservations with 2 charges: they agree.',
        '1 charge belongs to a payment without a verdict: no fault while settlement or an operator is at work (payments open).',
      ].join('\n'),
      err: '',
    });
    const { out } = await reconcile(fixture, lines, ...BY, '--json');
    expect(JSON.parse(out)).toMatchObject({
      resolved: [],
      left: [{ reservation_id: 'RES-eve', why: 'not-in-ledger' }],
    });
  });

  test('tells what it did as JSON', async () => {
    const fixture = await createDatabaseFixture();
    const { confirmed, escalated } = fixture;
    const { out } = await reconcile(fixture, [line(confirmed, 'ada'), line(escalated, 'eve')], ...BY, '--json');
    expect(JSON.parse(out)).toEqual({
      resolved: [{ reservation_id: 'RES-eve', transaction_id: 'TXN-eve', source: 'LEDGER, line 2' }],
      left: [],
      reservations: 4,
      charges: 2,
      confirmed_later: 0,
      differences: [],
    });
  });

  test('writes nothing when a line of the export is malformed, or no actor is named', async () => {
    const fixture = await createDatabaseFixture();
    const { escalated } = fixture;
    const lines = [line(escalated, 'eve'), '{'];
    expect(await reconcile(fixture, lines, ...BY)).toMatchObject({ code: 2, out: '' });
    expect(await reconcile(fixture, [line(escalated, 'eve')], '--resolve')).toEqual({
      code: 2,
      out: '',
      err: '--actor: expected a text of 1 to 500 characters, found nothing\nsee: reservations-server reconcile --help',
    });
    expect(await reconcile(fixture, [line(escalated, 'eve')], '--actor', 'ada')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--actor: has no effect without --resolve'),
    });
    expect(await lastEventOf(fixture, escalated)).toBeUndefined();
  });
});
