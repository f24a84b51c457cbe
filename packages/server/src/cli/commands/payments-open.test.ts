import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createReservations } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { describe, expect, test } from 'vitest';
import { runHere, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture } from '../database-fixture.ts';

describe('payments open', () => {
  test('lists what needs an operator, then what settlement works on, and exits with 1', async () => {
    const { path, named } = await createDatabaseFixture();
    const { code, out, err } = await runHere(['payments', 'open', '--db', path]);
    expect([code, err]).toEqual([1, '']);
    expect(named(out).replaceAll(/ +/g, ' ')).toBe(
      [
        'RESERVATION STAGE AMOUNT USER AGE TRIES NEXT LAST OUTCOME',
        'RES-eve escalated 10.50 EUR eve 1 min 0 s - needs an operator' +
          ' may-not-be-sent-again: unknown, deadline-exceeded: no answer in 5 s',
        'RES-carl unresolved 10.50 EUR carl 50 s 0 due now unknown, connection-lost: the line went dead',
        '',
        '2 payments have no verdict: 1 needs an operator, settlement works on 1.',
      ].join('\n'),
    );
  });

  test('says the same to a program', async () => {
    const { path, named } = await createDatabaseFixture();
    const { code, out } = await runHere(['payments', 'open', '--db', path, '--json']);
    const of = (user_id: string, stage: string): object => ({
      reservation_id: `RES-${user_id}`,
      stage,
      user_id,
      amount: '10.50',
      currency: 'EUR',
    });
    expect([code, JSON.parse(named(out))]).toEqual([
      1,
      {
        payments: [
          {
            ...of('eve', 'escalated'),
            opened_at: '2026-01-02T03:04:05.000Z',
            attempts: null,
            last_outcome: 'may-not-be-sent-again: unknown, deadline-exceeded: no answer in 5 s',
            needs_person: true,
            next_try_at: null,
          },
          {
            ...of('carl', 'unresolved'),
            opened_at: '2026-01-02T03:04:15.000Z',
            attempts: 0,
            last_outcome: 'unknown, connection-lost: the line went dead',
            needs_person: false,
            next_try_at: expect.stringMatching(/^2026-01-02T03:04:(15\.[89]|16\.[012])\d\dZ$/),
          },
        ],
        need_person: 1,
        with_settlement: 1,
      },
    ]);
  });

  test('a payment whose lease runs is being tried now', async () => {
    const { path, named } = await createDatabaseFixture();
    const store = await openSqliteStore({ path });
    const now = Date.now();
    await store.work.take({ kind: 'charge', owner: 'another', now, leaseUntil: now + 20_000, limit: 1 });
    const { out } = await runHere(['payments', 'open', '--db', path]);
    await store.close();
    expect(named(out).replaceAll(/ +/g, ' ')).toContain('RES-carl unresolved 10.50 EUR carl 50 s 1 being tried now');
  });

  test('shows at most as many of each kind as it is told, and counts all', async () => {
    const { path, named, unresolved } = await createDatabaseFixture();
    const store = await openSqliteStore({ path });
    const gateway = createScriptedGateway();
    gateway.script(() => ({ kind: 'unknown', cause: 'connection-lost', detail: 'again' }));
    await createReservations({ store, gateway }).create({ userId: 'dave', amount: 1 });
    await store.close();
    const { out } = await runHere(['payments', 'open', '--db', path, '--limit', '1']);
    expect(out).toContain(unresolved);
    expect(named(out).split('\n').slice(3)).toEqual([
      '',
      '3 payments have no verdict: 1 needs an operator, settlement works on 2.',
      '1 payment more than shown; --limit shows more.',
    ]);
  });

  test('a database without open payments exits with 0', async () => {
    const path = await temporaryFile('reservations.db');
    await (await openSqliteStore({ path })).close();
    expect(await runHere(['payments', 'open', '--db', path])).toEqual({
      code: 0,
      out: 'Every payment has its verdict.',
      err: '',
    });
  });
});

describe.each([['payments open'], ['verify']])('%s', (command) => {
  test('a database that is not there is named and not made', async () => {
    const path = await temporaryFile('reservations.db');
    expect(await runHere([...command.split(' '), '--db', path])).toEqual({
      code: 1,
      out: '',
      err: `reservations-server: There is no database at ${path}. --db names it; nothing was made.`,
    });
    expect(existsSync(path)).toBe(false);
  });

  test('an empty file is no database, and a text is none either', async () => {
    const path = await temporaryFile('reservations.db');
    await writeFile(path, '');
    expect((await runHere(command.split(' '), { RESERVATIONS_DB: path })).err).toContain('There is no database at');
    await writeFile(path, 'once upon a time');
    const { code, err } = await runHere([...command.split(' '), '--db', path]);
    expect([code, err]).toEqual([1, expect.stringContaining('file is not a database')]);
  });
});
