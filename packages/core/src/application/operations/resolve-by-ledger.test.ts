import { expect, test } from 'vitest';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { createEngineFixture, type EngineFixture } from '../engine-fixture.ts';
import { LEDGER_SOURCE_LENGTH_MAX, type LedgerEvidence, resolveByLedger } from './resolve-by-ledger.ts';
import { resolvePayment } from './resolve-payment.ts';

/** Reservations of 10.50 EUR for "u1" whose outcome is unknown: escalated, or still with settlement. */
async function escalated(count: number): Promise<EngineFixture & { readonly all: readonly ReservationSummary[] }> {
  const fixture = createEngineFixture({ answerUnknownAs: 'failed' });
  fixture.gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const all: ReservationSummary[] = [];
  for (let n = 0; n < count; n += 1) all.push(await fixture.create());
  return { ...fixture, all };
}

function chargeOf(
  reservation: ReservationSummary | undefined,
  overrides: Partial<LedgerEvidence> = {},
): LedgerEvidence {
  const reservationId = reservation?.reservationId ?? '';
  const own = { reservationId, transactionId: `TXN-${reservationId}`, source: 'ledger.jsonl, line 7' };
  return { userId: 'u1', amount: 10.5, currency: 'EUR', ...own, ...overrides };
}

test('an escalated payment is confirmed by its one charge, with the place in the ledger as the reason', async () => {
  const { all, store, runtime, engine } = await escalated(1);
  const [first] = all;
  const found = await resolveByLedger(store, [chargeOf(first)], { actor: 'ada', runtime });
  const reservation = await engine.get(first?.reservationId ?? '');
  expect(reservation).toMatchObject({ stage: 'confirmed', transactionId: `TXN-${first?.reservationId}` });
  expect(found).toEqual({ resolved: [{ reservation, source: 'ledger.jsonl, line 7' }], left: [] });
  const last = await store.events.readStream(reservation?.reservationId ?? '', { after: 3, limit: 10 });
  expect(last.map(({ data }) => data['decidedBy'])).toEqual([
    { kind: 'operator', actor: 'ada', reason: 'the ledger has the charge: ledger.jsonl, line 7' },
  ]);
  expect(await resolveByLedger(store, [chargeOf(first)], { actor: 'ada', runtime })).toEqual({
    resolved: [],
    left: [],
  });
});

test('what the ledger does not prove is left to an operator, each for its reason', async () => {
  const { all, store, runtime } = await escalated(9);
  const [none, twice, user, amount, currency, unusable, shared, alsoShared, proved] = all;
  const before = await store.events.readAll({ after: 0, limit: 1_000 });
  const charges = [
    chargeOf(twice),
    chargeOf(twice, { transactionId: 'TXN-again' }),
    chargeOf(user, { userId: 'u2' }),
    chargeOf(amount, { amount: 10.51 }),
    chargeOf(currency, { currency: 'USD' }),
    chargeOf(unusable, { transactionId: 'TXN 1' }),
    chargeOf(shared, { transactionId: 'TXN-shared' }),
    chargeOf(alsoShared, { transactionId: 'TXN-shared' }),
  ];
  const { resolved, left } = await resolveByLedger(store, charges, { actor: 'ada', runtime });
  expect(resolved).toEqual([]);
  expect(left).toEqual([
    { reservation: none, why: 'not-in-ledger' },
    { reservation: twice, why: 'charged-more-than-once' },
    { reservation: user, why: 'charge-differs' },
    { reservation: amount, why: 'charge-differs' },
    { reservation: currency, why: 'charge-differs' },
    { reservation: unusable, why: 'transaction-id-unusable' },
    { reservation: shared, why: 'transaction-shared' },
    { reservation: alsoShared, why: 'transaction-shared' },
    { reservation: proved, why: 'not-in-ledger' },
  ]);
  expect(await store.events.readAll({ after: 0, limit: 1_000 })).toEqual(before);
});

test('another transaction than the one that was found before is left to an operator', async () => {
  const { all, store, runtime } = await escalated(1);
  const list: typeof store.view.list = async (filter) => {
    const page = await store.view.list(filter);
    return { ...page, reservations: page.reservations.map((each) => ({ ...each, transactionId: 'TXN-before' })) };
  };
  const found = { ...store, view: { ...store.view, list } };
  const { left } = await resolveByLedger(found, [chargeOf(all[0])], { actor: 'ada', runtime });
  expect(left.map(({ why }) => why)).toEqual(['transaction-differs']);
});

test('what settlement works on is not touched, whatever the ledger has', async () => {
  const { create, gateway, store, runtime, engine } = createEngineFixture();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const open = await create();
  expect(await resolveByLedger(store, [chargeOf(open)], { actor: 'ada', runtime })).toEqual({
    resolved: [],
    left: [],
  });
  expect(await engine.get(open.reservationId)).toEqual(open);
  expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 1 });
});

test('a decision that is faster stands', async () => {
  const { all, store, runtime, engine } = await escalated(1);
  const [first] = all;
  if (first === undefined) throw new Error('none');
  const word = { finding: { kind: 'not-charged' }, actor: 'bob', reason: 'refunded' } as const;
  const list: typeof store.view.list = async (filter) => {
    const page = await store.view.list(filter);
    await resolvePayment(store, first.reservationId, { runtime, ...word });
    return page;
  };
  const slow = { ...store, view: { ...store.view, list } };
  const { resolved, left } = await resolveByLedger(slow, [chargeOf(first)], { actor: 'ada', runtime });
  expect(resolved).toEqual([]);
  expect(left).toEqual([{ reservation: await engine.get(first.reservationId), why: 'decided-meanwhile' }]);
  expect(left[0]?.reservation).toMatchObject({ failureReason: 'found-not-charged' });
});

test.each(['', 'x'.repeat(LEDGER_SOURCE_LENGTH_MAX + 1), '\uD800'])('the source %j is refused', async (source) => {
  const { all, store, runtime, engine } = await escalated(1);
  const [first] = all;
  await expect(resolveByLedger(store, [chargeOf(first, { source })], { actor: 'ada', runtime })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
  });
  expect(await engine.get(first?.reservationId ?? '')).toEqual(first);
});
