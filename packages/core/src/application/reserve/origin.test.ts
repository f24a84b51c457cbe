import { expect, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { RecordedEvent } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture, onlyReservation, REQUEST } from '../engine-fixture.ts';
import { LEASE_MS } from '../payments/limits.ts';
import { resolvePayment } from '../operations/resolve-payment.ts';

const ORIGIN = {
  correlationId: 'request-7',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  caller: 'user:7',
};
const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };
const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };

/** Types of the stream's events, each of which must carry {@link ORIGIN}. */
async function typesWithOrigin(store: ReservationStore): Promise<readonly string[]> {
  const events: readonly RecordedEvent[] = await store.events.readStream(await onlyReservation(store), {
    after: 0,
    limit: 10,
  });
  expect(
    events.map(({ metadata: { correlationId, traceparent, caller } }) => ({ correlationId, traceparent, caller })),
  ).toEqual(events.map(() => ORIGIN));
  return events.map(({ type }) => type);
}

test('a verdict that settlement brings carries the origin of the request', async () => {
  const { engine, create, gateway, runtime, store } = createEngineFixture();
  gateway.script(() => unknown);
  await create(ORIGIN);
  gateway.script(() => approved);
  engine.start();
  await runtime.advance(3_000);
  await engine.stop();
  expect(await typesWithOrigin(store)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED', 'RESERVATION_CONFIRMED']);
});

test('a verdict that settlement brings after the process of the request died carries its origin', async () => {
  const { engine, restart, gateway, runtime, store } = createEngineFixture();
  gateway.script(() => new Promise(() => undefined));
  void engine.create(REQUEST, ORIGIN);
  await runtime.advance(0);
  gateway.script(() => approved);
  const next = restart();
  next.start();
  await runtime.advance(LEASE_MS + 2_000);
  await next.stop();
  expect(await typesWithOrigin(store)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
});

test.each(['none', 'by-reservation-id'] as const)(
  'an escalation and the decision of an operator carry the origin of the request, with idempotency "%s"',
  async (idempotency) => {
    const settlement = { escalateAfterMs: 1_000 };
    const { engine, create, gateway, runtime, store } = createEngineFixture({ idempotency, settlement });
    gateway.script(() => unknown);
    const { reservationId } = await create(ORIGIN);
    engine.start();
    await runtime.advance(60_000);
    await engine.stop();
    const finding = { kind: 'charged', transactionId: 'TXN-9' } as const;
    const resolution = { finding, actor: 'ada', reason: 'looked into the ledger' };
    expect(await resolvePayment(store, reservationId, { runtime, ...resolution })).toMatchObject({ kind: 'resolved' });
    expect(await typesWithOrigin(store)).toEqual([
      'RESERVATION_CREATED',
      'PAYMENT_UNRESOLVED',
      'PAYMENT_ESCALATED',
      'RESERVATION_CONFIRMED',
    ]);
  },
);
