import { expect, test } from 'vitest';
import { createEngineFixture } from '../engine-fixture.ts';
import { type LedgerCharge, reconcileLedger } from './reconcile-ledger.ts';

test('ledger and event store agree, or every difference is named', async () => {
  const { create, gateway, store } = createEngineFixture();
  const confirmed = await create();
  const charge: LedgerCharge = {
    reservationId: confirmed.reservationId,
    userId: 'u1',
    amount: 10.5,
    currency: 'EUR',
    transactionId: `TXN-${confirmed.reservationId}`,
  };
  gateway.script(() => ({ kind: 'declined', message: 'no' }));
  const { reservationId: failed } = await create();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const { reservationId: open } = await create();

  async function differences(...charges: readonly LedgerCharge[]): Promise<readonly [string, string][]> {
    const found = await reconcileLedger(store, charges);
    expect([found.charges, found.reservations]).toEqual([charges.length, 3]);
    return found.differences.map(({ kind, reservationId }) => [kind, reservationId]);
  }

  expect(await differences(charge)).toEqual([]);
  expect(await differences()).toEqual([['confirmed-without-charge', confirmed.reservationId]]);
  expect(await differences(charge, { ...charge, transactionId: 'TXN-2' })).toEqual([
    ['charged-twice', confirmed.reservationId],
  ]);
  expect(await differences({ ...charge, transactionId: 'TXN-2' })).toEqual([
    ['transaction-differs', confirmed.reservationId],
  ]);
  expect(await differences({ ...charge, amount: 10.500000000000002 })).toEqual([]);
  expect(await differences({ ...charge, amount: 10.504 })).toEqual([['charge-differs', confirmed.reservationId]]);
  for (const wrong of [{ amount: 10.51 }, { currency: 'USD' }, { userId: 'u2' }]) {
    expect(await differences({ ...charge, ...wrong })).toEqual([['charge-differs', confirmed.reservationId]]);
  }
  expect(await differences(charge, { ...charge, reservationId: failed })).toEqual([['failed-but-charged', failed]]);
  expect(await differences(charge, { ...charge, reservationId: open })).toEqual([['open-but-charged', open]]);
  const stranger = 'RES-019b0000-0000-7000-8000-000000000000';
  expect(await differences(charge, { ...charge, reservationId: stranger })).toEqual([
    ['charge-without-reservation', stranger],
  ]);
});

test('what was confirmed when the export was begun, or later, need not be in it', async () => {
  const { create, runtime, store } = createEngineFixture();
  const early = await create();
  await runtime.advance(1_000);
  const asOf = runtime.clock.now();
  await create();
  const differences = [
    expect.objectContaining({ kind: 'confirmed-without-charge', reservationId: early.reservationId }),
  ];
  expect(await reconcileLedger(store, [], { asOf })).toEqual({
    charges: 0,
    reservations: 2,
    differences,
    confirmedLater: 1,
  });
  expect(await reconcileLedger(store, [], { asOf: asOf + 1 })).toMatchObject({ confirmedLater: 0 });
  await expect(reconcileLedger(store, [], { asOf: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});
