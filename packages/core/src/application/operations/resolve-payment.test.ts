import { expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture } from '../engine-fixture.ts';
import { resolvePayment } from './resolve-payment.ts';

const word = { actor: 'ada', reason: 'looked into the ledger' };

/** A payment that was escalated because it may not be sent again. */
async function escalatedPayment(): Promise<
  EngineFixture & { readonly id: Awaited<ReturnType<EngineFixture['create']>>['reservationId'] }
> {
  const fixture = createEngineFixture({ idempotency: 'none' });
  fixture.gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const { reservationId: id } = await fixture.create();
  fixture.engine.start();
  await fixture.runtime.advance(3_000);
  await fixture.engine.stop();
  return { ...fixture, id };
}

test('an operator confirms an escalated payment; actor and reason are in the stream', async () => {
  const { id, store, ...deps } = await escalatedPayment();
  const finding = { kind: 'charged', transactionId: 'TXN-9' } as const;
  expect(await resolvePayment({ store, ...deps }, id, { finding, ...word })).toMatchObject({
    kind: 'resolved',
    reservation: { status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-9' },
  });
  const events = await store.events.readStream(id, { after: 3, limit: 10 });
  expect(events.map(({ type, data }) => [type, data['decidedBy']])).toEqual([
    ['RESERVATION_CONFIRMED', { kind: 'operator', ...word }],
  ]);
  expect(await resolvePayment({ store, ...deps }, id, { finding, ...word })).toMatchObject({ kind: 'unchanged' });
  expect(await resolvePayment({ store, ...deps }, id, { finding: { kind: 'not-charged' }, ...word })).toMatchObject({
    kind: 'rejected',
    rejection: { kind: 'contradiction' },
  });
});

test('an operator decides nothing while settlement is in progress', async () => {
  const { create, gateway, store, runtime } = createEngineFixture();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const { reservationId } = await create();
  const result = await resolvePayment({ store, runtime }, reservationId, { finding: { kind: 'not-charged' }, ...word });
  expect(result).toEqual({ kind: 'rejected', rejection: { kind: 'not-escalated', stage: 'unresolved' } });
  expect(await store.payments.gauge()).toMatchObject({ open: 1 });
});
