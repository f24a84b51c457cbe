import { createReservations, type ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { createDatabase } from '@reservations/test-postgres';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { reserve, runHere, serve, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture, START } from '../database-fixture.ts';

interface Place {
  readonly db: string;
  open(): Promise<ReservationStore>;
}

const PLACES: readonly (readonly [engine: string, place: () => Promise<Place>])[] = [
  [
    'SQLite',
    async () => {
      const path = await temporaryFile('reservations.db');
      return { db: path, open: () => openSqliteStore({ path }) };
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await createDatabase(inject('postgresUrl'));
      onTestFinished(() => drop());
      return { db: url, open: () => openPostgresStore({ connectionString: url }) };
    },
  ],
];

/** Five reservations: by order of the anonymous caller and of the shop; that of bob is declined. */
async function filled(place: () => Promise<Place>): Promise<{ readonly db: string; named(text: string): string }> {
  const { db, open } = await place();
  const store = await open();
  const gateway = createScriptedGateway();
  gateway.script(({ userId }) =>
    userId === 'bob'
      ? { kind: 'declined', message: 'Insufficient funds' }
      : { kind: 'approved', transactionId: `TXN-${userId}`, message: 'Approved' },
  );
  const engine = createReservations({ store, gateway });
  const ids: string[] = [];
  for (const [userId, reference, caller] of [
    ['ada', 'order-1', 'anonymous'],
    ['bob', 'order-2', 'anonymous'],
    ['ada', 'order-1', 'shop'],
    ['eve', null, 'shop'],
    ['ada', 'order 3/ü', 'shop'],
  ] as const) {
    const request = { userId, amount: '10.50', currency: 'EUR', ...(reference === null ? {} : { reference }) };
    const result = await engine.create(request, {
      caller,
      idempotencyKey: `key-${userId}-${reference === 'order-1' ? reference : 'none'}`,
    });
    if (result.kind !== 'reservation') throw new Error(result.kind);
    ids.push(result.reservation.reservationId);
  }
  await engine.stop();
  await store.close();
  return { db, named: (text) => text.replaceAll(/RES-[0-9a-f-]{36}/g, (id) => `RES-${ids.indexOf(id) + 1}`) };
}

describe.each(PLACES)('find on %s', (_, place) => {
  test('lists what meets all conditions, in both orders', async () => {
    const { db, named } = await filled(place);
    const found = async (...args: readonly string[]): Promise<readonly [number, readonly string[]]> => {
      const { code, out, err } = await runHere(['find', '--db', db, ...args]);
      expect(err).toBe('');
      return [code, named(out).match(/^RES-\d/gm) ?? []];
    };
    for (const [args, expected] of [
      [[], ['RES-1', 'RES-2', 'RES-3', 'RES-4', 'RES-5']],
      [
        ['--reference', 'order-1'],
        ['RES-1', 'RES-3'],
      ],
      [['--reference', 'order 3/ü'], ['RES-5']],
      [['--reference', 'order-1', '--caller', 'shop'], ['RES-3']],
      [
        ['--user', 'ada'],
        ['RES-1', 'RES-3', 'RES-5'],
      ],
      [['--status', 'RESERVATION_FAILED'], ['RES-2']],
      [
        ['--status', 'confirmed', '--caller', 'shop'],
        ['RES-3', 'RES-4', 'RES-5'],
      ],
      [['--transaction', 'TXN-eve'], ['RES-4']],
      [
        ['--caller', 'anonymous'],
        ['RES-1', 'RES-2'],
      ],
      [['--key', 'key-ada-order-1'], ['RES-1']],
      [['--key', 'key-ada-order-1', '--caller', 'shop'], ['RES-3']],
      [['--key', 'key-ada-none', '--caller', 'shop', '--user', 'ada'], ['RES-5']],
    ] as const) {
      expect([args, await found(...args)]).toEqual([args, [0, expected]]);
      expect([args, await found(...args, '--order', 'desc')]).toEqual([args, [0, expected.toReversed()]]);
    }
    for (const args of [
      ['--reference', 'order'],
      ['--user', 'bob', '--caller', 'shop'],
      ['--key', 'key-eve-none', '--caller', 'anonymous'],
    ]) {
      expect([args, await runHere(['find', '--db', db, ...args])]).toEqual([
        args,
        { code: 1, out: 'No reservation meets the conditions.', err: '' },
      ]);
    }
  });

  test('says that keys belong to callers when it finds none and looked among those of the anonymous one', async () => {
    const { db } = await filled(place);
    const out =
      'No reservation meets the conditions.\n' +
      'Keys belong to callers: this looked among those of the anonymous one. --caller NAME looks among those of another, such as api-key:shop.';
    for (const args of [
      ['--key', 'key-eve-none'],
      ['--key', 'key-ada-order-1', '--user', 'bob'],
    ]) {
      expect([args, await runHere(['find', '--db', db, ...args])]).toEqual([args, { code: 1, out, err: '' }]);
    }
    const { out: json } = await runHere(['find', '--db', db, '--key', 'key-eve-none', '--json']);
    expect(JSON.parse(json)).toEqual({ reservations: [], more: false });
  });

  test('shows as many as it is told, and says that there are more', async () => {
    const { db, named } = await filled(place);
    const { out } = await runHere(['find', '--db', db, '--order', 'desc', '--limit', '2']);
    const lines = named(out).split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['RESERVATION', 'RES-5', 'RES-4', '', '2']);
    expect(lines.at(-1)).toBe('2 reservations, and there are more; --limit shows more.');
    const { out: json } = await runHere(['find', '--db', db, '--user', 'eve', '--json']);
    expect(JSON.parse(named(json))).toEqual({
      reservations: [
        {
          reservation_id: 'RES-4',
          status: 'RESERVATION_CONFIRMED',
          stage: 'confirmed',
          user_id: 'eve',
          amount: '10.50',
          currency: 'EUR',
          reference: null,
          metadata: {},
          caller: 'shop',
          transaction_id: 'TXN-eve',
          message: 'Approved',
          created_at: expect.stringMatching(/Z$/),
          updated_at: expect.stringMatching(/Z$/),
          version: 2,
        },
      ],
      more: false,
    });
    const none = await runHere(['find', '--db', db, '--user', 'nobody', '--json']);
    expect([none.code, JSON.parse(none.out)]).toEqual([1, { reservations: [], more: false }]);
  });
});

test('find shows what is known of each reservation', async () => {
  const { path, named } = await createDatabaseFixture();
  const { out } = await runHere(['find', '--db', path]);
  expect(named(out).replaceAll(/ +/g, ' ').split('\n')).toEqual([
    'RESERVATION STATUS STAGE AMOUNT USER CALLER CREATED TRANSACTION REFERENCE',
    'RES-ada RESERVATION_CONFIRMED confirmed 10.50 EUR ada anonymous 2026-01-02T03:04:05.000Z TXN-ada -',
    'RES-bob RESERVATION_FAILED failed 10.50 EUR bob anonymous 2026-01-02T03:04:05.000Z - -',
    'RES-eve RESERVATION_CREATED escalated 10.50 EUR eve anonymous 2026-01-02T03:04:05.000Z - -',
    'RES-carl RESERVATION_CREATED unresolved 10.50 EUR carl anonymous 2026-01-02T03:04:15.000Z - -',
    '',
    '4 reservations.',
  ]);
  expect(START).toBe(Date.parse('2026-01-02T03:04:05.000Z'));
});

test('find does not let a text out of its line', async () => {
  const path = await temporaryFile('reservations.db');
  const store = await openSqliteStore({ path });
  const engine = createReservations({ store, gateway: createScriptedGateway() });
  const made = await engine.create({ userId: 'a\u202Eb', amount: '1', currency: 'EUR', reference: 'r\u2028s' });
  expect(made.kind).toBe('reservation');
  await engine.stop();
  await store.close();
  const { out } = await runHere(['find', '--db', path]);
  expect(out.split('\n')).toHaveLength(4);
  expect(out).not.toMatch(/[\u202E\u2028]/);
});

test('find works beside a server, on what it has answered', async () => {
  const db = await temporaryFile('served.db');
  const { url } = await serve('--sandbox', '--db', db);
  const made = await reserve(url, 'ada', { 'Idempotency-Key': '"order-4711"' });
  const { reservation_id } = (await made.json()) as { readonly reservation_id: string };
  await vi.waitFor(async () => {
    expect((await runHere(['find', '--db', db, '--key', 'order-4711'])).out).toContain(reservation_id);
  });
});

test.each([
  [['--status', 'DONE'], '--status: expected one of RESERVATION_CREATED'],
  [['--key', 'two words\u00e4'], '--key: expected an idempotency key of '],
  [['--caller', 'two words'], '--caller: expected 1 to 255 visible ASCII characters'],
  [['--reference', ''], '--reference: expected a text that is not empty'],
  [['--limit', '0'], '--limit: expected a whole number from 1 to 10000'],
  [['--order', 'newest'], '--order: expected one of asc, desc'],
])('find %j is refused, and nothing is made', async (args, fault) => {
  const db = await temporaryFile('reservations.db');
  const { code, out, err } = await runHere(['find', '--db', db, ...args]);
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(fault)]);
});
