import { expect, test } from 'vitest';
import { runHere } from '../../cli-fixture.ts';
import { createDatabaseFixture } from '../../database-fixture.ts';
import { describeFacts } from './event-facts.ts';

test('the events of a reservation are a timeline', async () => {
  const { path, named, escalated } = await createDatabaseFixture();
  const { code, out, err } = await runHere(['events', escalated, '--db', path]);
  expect([code, err]).toEqual([0, '']);
  expect(named(out).replaceAll(/ +/g, ' ')).toBe(
    [
      'VERSION POSITION TIME AFTER EVENT CORRELATION FACTS',
      '1 5 2026-01-02T03:04:05.000Z 0 ms RESERVATION_CREATED request-eve 10.50 EUR of eve',
      '2 6 2026-01-02T03:04:05.000Z 0 ms PAYMENT_UNRESOLVED request-eve deadline-exceeded: no answer in 5 s; the caller was answered "pending"',
      '3 7 2026-01-02T03:04:15.000Z 10 s PAYMENT_ESCALATED request-eve may-not-be-sent-again: unknown, deadline-exceeded: no answer in 5 s',
    ].join('\n'),
  );
});

test('verdicts say who established them', async () => {
  const { path, confirmed, declined, escalated } = await createDatabaseFixture();
  const factsOfLast = async (id: string): Promise<string | undefined> =>
    (await runHere(['events', id, '--db', path])).out.split(/ {2,}/).at(-1);
  expect(await factsOfLast(confirmed)).toBe('transaction TXN-ada, says the payment service: Approved');
  expect(await factsOfLast(declined)).toBe('declined, says the payment service: Insufficient funds');
  await runHere([
    'payments',
    'resolve',
    escalated,
    '--not-charged',
    '--actor',
    'Ada',
    '--reason',
    'seen',
    '--db',
    path,
  ]);
  expect(await factsOfLast(escalated)).toBe('found-not-charged, says Ada: seen');
});

test('a program gets everything that is stored', async () => {
  const { path, named, confirmed } = await createDatabaseFixture();
  const { code, out } = await runHere(['events', '--db', path, '--json', confirmed]);
  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const at = '2026-01-02T03:04:05.000Z';
  const metadata = { recorded_at: at, correlation_id: 'request-ada', causation_id: uuid, traceparent: null };
  expect([code, JSON.parse(named(out))]).toEqual([
    0,
    {
      reservation_id: 'RES-ada',
      events: [
        {
          version: 1,
          position: 1,
          id: uuid,
          type: 'RESERVATION_CREATED',
          schema_version: 1,
          data: { userId: 'ada', amountMinor: 1_050, currency: 'EUR', decimals: 2, at },
          ...metadata,
        },
        {
          version: 2,
          position: 2,
          id: uuid,
          type: 'RESERVATION_CONFIRMED',
          schema_version: 1,
          data: { transactionId: 'TXN-ada', message: 'Approved', decidedBy: { kind: 'payment-service' }, at },
          ...metadata,
        },
      ],
    },
  ]);
});

test('a reservation that does not exist is an answer, and an id that none can have a fault', async () => {
  const { path } = await createDatabaseFixture();
  const id = 'RES-019b0000-0000-7000-8000-000000000001';
  expect(await runHere(['events', id, '--db', path])).toEqual({
    code: 1,
    out: '',
    err: `There is no reservation ${id}.`,
  });
  expect(await runHere(['events', '../etc', '--db', path])).toMatchObject({ code: 2, out: '' });
  expect(await runHere(['events', id, id, '--db', path])).toMatchObject({ code: 2, out: '' });
});

test('an event of a later release is shown as it is stored, without control characters', () => {
  const data = { seats: '\u001b[2Jtwo\u202e' };
  expect(describeFacts({ type: 'SEATS_TAKEN', schemaVersion: 1, data })).toBe(
    'schema version 1, of a later release: {"seats":"\\u001b[2Jtwo\\u{202e}"}',
  );
});

test('a damaged event is shown as it is stored, with what is wrong', () => {
  expect(describeFacts({ type: 'RESERVATION_CREATED', schemaVersion: 1, data: { userId: 7 } })).toBe(
    'cannot be read (RESERVATION_CREATED.userId should be a string, is 7): {"userId":7}',
  );
});
