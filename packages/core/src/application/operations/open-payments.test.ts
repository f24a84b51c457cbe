import { expect, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { createEngineFixture, type EngineFixture } from '../engine-fixture.ts';
import { openPayments } from './open-payments.ts';

const UNKNOWN: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };

/** A store with two escalated payments; what is created afterwards stays with settlement. */
async function withEscalated(): Promise<EngineFixture> {
  const fixture = createEngineFixture({ idempotency: 'none' });
  fixture.gateway.script(() => UNKNOWN);
  await fixture.create();
  await fixture.create();
  fixture.engine.start();
  await fixture.runtime.advance(5_000);
  await fixture.engine.stop();
  return fixture;
}

test('payments that need an operator come first, with the reason of their escalation', async () => {
  const { store, restart, runtime } = await withEscalated();
  const openedAt = runtime.clock.now();
  const engine = restart();
  await engine.create({ userId: 'u2', amount: 1 });
  const found = await openPayments(store);
  expect(found).toMatchObject({ needOperator: 2, withSettlement: 1 });
  const escalated = {
    reservation: { stage: 'escalated', userId: 'u1' },
    attempts: null,
    lastOutcome: 'may-not-be-sent-again: unknown, deadline-exceeded: 5 s',
    next: { kind: 'operator' },
  };
  expect(found.payments).toMatchObject([
    { ...escalated, openedAt: openedAt - 5_000 },
    { ...escalated, openedAt: openedAt - 5_000 },
    {
      reservation: { stage: 'unresolved', userId: 'u2' },
      openedAt,
      attempts: 0,
      lastOutcome: 'unknown, deadline-exceeded: 5 s',
      next: { kind: 'try', at: openedAt + 1_000 },
    },
  ]);
});

test('a payment whose lease is held says until when', async () => {
  const { store, create, gateway, runtime } = createEngineFixture();
  gateway.script(() => UNKNOWN);
  await create();
  const now = runtime.clock.now() + 60_000;
  await store.work.take({ kind: 'charge', owner: 'worker', now, leaseUntil: now + 20_000, limit: 1 });
  const { payments } = await openPayments(store);
  expect(payments).toMatchObject([{ attempts: 1, next: { kind: 'lease', at: now + 20_000 } }]);
});

test('at most `limit` of each kind are returned, and all are counted', async () => {
  const { store, restart } = await withEscalated();
  const engine = restart();
  await engine.create({ userId: 'u2', amount: 1 });
  await engine.create({ userId: 'u3', amount: 1 });
  const found = await openPayments(store, { limit: 1 });
  expect(found).toMatchObject({ needOperator: 2, withSettlement: 2 });
  expect(found.payments.map(({ reservation: { userId, stage } }) => [userId, stage])).toEqual([
    ['u1', 'escalated'],
    ['u2', 'unresolved'],
  ]);
});

test('a payment that was settled between two reads is left out', async () => {
  const { store, create, gateway } = createEngineFixture();
  gateway.script(() => UNKNOWN);
  const { reservationId } = await create();
  const stale = await store.work.list({ kind: 'charge', limit: 1 });
  const view = {
    ...store.view,
    find: async () => ({ ...(await create()), reservationId, stage: 'confirmed' as const }),
  };
  const work = { ...store.work, list: async () => stale };
  expect((await openPayments({ ...store, view, work })).payments).toEqual([]);
});

test.each([0, 1_001, 0.5])('the limit %d is refused', async (limit) => {
  const message = `limit: expected a whole number from 1 to 1000, found ${limit}`;
  const { store } = createEngineFixture();
  await expect(openPayments(store, { limit })).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
});
