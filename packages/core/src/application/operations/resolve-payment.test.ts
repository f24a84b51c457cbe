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
  const { id, store, runtime } = await escalatedPayment();
  const finding = { kind: 'charged', transactionId: 'TXN-9' } as const;
  expect(await resolvePayment(store, id, { runtime, finding, ...word })).toMatchObject({
    kind: 'resolved',
    reservation: { status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-9' },
  });
  const events = await store.events.readStream(id, { after: 3, limit: 10 });
  expect(events.map(({ type, data }) => [type, data['decidedBy']])).toEqual([
    ['RESERVATION_CONFIRMED', { kind: 'operator', ...word }],
  ]);
  expect(await resolvePayment(store, id, { runtime, finding, ...word })).toMatchObject({ kind: 'unchanged' });
  expect(await resolvePayment(store, id, { runtime, finding: { kind: 'not-charged' }, ...word })).toMatchObject({
    kind: 'rejected',
    rejection: { kind: 'contradiction' },
  });
});

test('an operator decides nothing while settlement is in progress', async () => {
  const { create, gateway, store, runtime } = createEngineFixture();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const { reservationId } = await create();
  const result = await resolvePayment(store, reservationId, { runtime, finding: { kind: 'not-charged' }, ...word });
  expect(result).toEqual({ kind: 'rejected', rejection: { kind: 'not-escalated', stage: 'unresolved' } });
  expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 1 });
});

test('actor and reason are stored without white space at their ends', async () => {
  const { id, store, runtime } = await escalatedPayment();
  const finding = { kind: 'not-charged' } as const;
  await resolvePayment(store, id, { runtime, finding, actor: ' ada ', reason: 'none in the ledger\n' });
  const [event] = await store.events.readStream(id, { after: 3, limit: 1 });
  expect(event?.data['decidedBy']).toEqual({ kind: 'operator', actor: 'ada', reason: 'none in the ledger' });
});

test.each([
  [{ actor: ' ' }, 'actor: expected a text of 1 to 500 characters, found " "'],
  [{ reason: '' }, 'reason: expected a text of 1 to 500 characters, found ""'],
  [{ reason: 'x'.repeat(501) }, `reason: expected a text of 1 to 500 characters, found "${'x'.repeat(199)}…`],
  [
    { finding: { kind: 'charged', transactionId: 'TXN 7' } },
    'transactionId: expected 1 to 255 visible ASCII characters, found "TXN 7"',
  ],
] as const)('%j is refused, and nothing is written', async (wrong, message) => {
  const { id, store, runtime } = await escalatedPayment();
  const resolution = { runtime, finding: { kind: 'not-charged' }, ...word, ...wrong } as const;
  await expect(resolvePayment(store, id, resolution)).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
  expect(await store.view.find(id)).toMatchObject({ stage: 'escalated' });
});

test.each(['RES-1', 'RES-019b0000-0000-7000-8000-000000000001'])(
  '%s, which no reservation has, is not found',
  async (id) => {
    const { store, runtime } = createEngineFixture();
    const finding = { kind: 'not-charged' } as const;
    expect(await resolvePayment(store, id, { runtime, finding, ...word })).toEqual({
      kind: 'rejected',
      rejection: { kind: 'not-found' },
    });
  },
);
