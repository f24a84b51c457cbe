import { describe, expect, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { createEngineFixture, onlyReservation, REQUEST } from '../engine-fixture.ts';
import { LEASE_MS } from './limits.ts';

const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };
const notSent: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
const HOUR_MS = 3_600_000;

/** A charge that never comes back: its process is dead. */
function died(): Promise<PaymentOutcome> {
  return new Promise(() => undefined);
}

describe('settlement', () => {
  test('is observed each time that it looks for due payments, also when there is none', async () => {
    const { engine, create, gateway, runtime, observations } = createEngineFixture();
    gateway.script(() => unknown);
    await create();
    gateway.script(() => approved);
    engine.start();
    await runtime.advance(6_000);
    await engine.stop();
    const looks = observations.flatMap((seen) => (seen.kind === 'settlement-looked' ? [seen.taken] : []));
    expect(looks.filter((taken) => taken === 1)).toHaveLength(1);
    expect(looks.filter((taken) => taken === 0).length).toBeGreaterThan(1);
  });

  test('brings an unknown outcome to its verdict with the identical request', async () => {
    const { engine, create, gateway, runtime, events } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    gateway.script(() => approved);
    engine.start();
    await runtime.advance(3_000);
    expect(await engine.get(reservationId)).toMatchObject({ status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-1' });
    expect(await events(reservationId)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED', 'RESERVATION_CONFIRMED']);
    expect(gateway.charges).toEqual([gateway.charges[0], gateway.charges[0]]);
    await engine.stop();
  });

  test('takes up what a dead process left, once its lease has ended', async () => {
    const { engine, restart, gateway, runtime, store } = createEngineFixture();
    gateway.script(died);
    void engine.create(REQUEST);
    await runtime.advance(0);
    const id = await onlyReservation(store);
    gateway.script(() => approved);
    const next = restart();
    next.start();
    await runtime.advance(LEASE_MS - 1);
    expect(await next.get(id)).toMatchObject({ stage: 'processing' });
    await runtime.advance(2_000);
    expect(await next.get(id)).toMatchObject({ stage: 'confirmed' });
    await next.stop();
  });

  test('never calls it failed that nothing was sent this time: the dead process may have sent', async () => {
    const { engine, restart, gateway, runtime, store, events } = createEngineFixture();
    gateway.script(died);
    void engine.create(REQUEST);
    await runtime.advance(0);
    gateway.script(() => notSent);
    const next = restart();
    next.start();
    await runtime.advance(LEASE_MS + 2_000);
    expect(await events(await onlyReservation(store))).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED']);
    await next.stop();
  });

  test('drops the proof "not sent" of a process whose lease went to another', async () => {
    const { engine, restart, gateway, runtime, store, observations } = createEngineFixture();
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    const id = await onlyReservation(store);
    gateway.script(died);
    const other = restart();
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    slow.resolve(notSent);
    expect(await creating).toMatchObject({ kind: 'reservation', reservation: { stage: 'processing' } });
    expect(observations).toContainEqual({ kind: 'lease-lost', reservationId: id });
  });

  test('takes a verdict from a process whose lease went to another', async () => {
    const { engine, restart, gateway, runtime } = createEngineFixture();
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    gateway.script(() => unknown);
    const other = restart();
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    slow.resolve(approved);
    expect(await creating).toMatchObject({ reservation: { stage: 'confirmed', version: 3 } });
    await other.stop();
  });

  test('pauses longer from attempt to attempt', async () => {
    const { engine, create, gateway, runtime } = createEngineFixture();
    gateway.script(() => unknown);
    await create();
    engine.start();
    await runtime.advance(60_000);
    // At about 1, 3, 7, 15, 31 and 63 s after the request.
    expect(gateway.charges.length - 1).toBe(5);
    await engine.stop();
  });

  test('escalates what stays unknown for an hour, and sends nothing more', async () => {
    const { engine, create, gateway, runtime, events, observations, store } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    engine.start();
    await runtime.advance(HOUR_MS + 400_000);
    expect((await events(reservationId)).at(-1)).toBe('PAYMENT_ESCALATED');
    expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    const sent = gateway.charges.length;
    await runtime.advance(HOUR_MS);
    expect(gateway.charges).toHaveLength(sent);
    expect(observations).toContainEqual({
      kind: 'payment-escalated',
      reservationId,
      reason: 'settlement-gave-up',
      detail: 'unknown, deadline-exceeded: 5 s',
    });
    await engine.stop();
  });

  test('waits through an outage of hours, and settles when the payment service is back', async () => {
    const { engine, create, gateway, runtime } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    gateway.script(() => notSent);
    engine.start();
    await runtime.advance(5 * HOUR_MS);
    expect(await engine.get(reservationId)).toMatchObject({ stage: 'unresolved' });
    gateway.script(() => approved);
    await runtime.advance(400_000);
    expect(await engine.get(reservationId)).toMatchObject({ stage: 'confirmed' });
    await engine.stop();
  });

  test('escalates what could not be sent for a day', async () => {
    const { engine, create, gateway, runtime } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    gateway.script(() => notSent);
    engine.start();
    await runtime.advance(24 * HOUR_MS + 400_000);
    expect(await engine.get(reservationId)).toMatchObject({ stage: 'escalated' });
    await engine.stop();
  });

  test('tells what its own run saw, not what was open before it', async () => {
    const { engine, create, gateway, runtime, observations } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    gateway.script(() => notSent);
    engine.start();
    await runtime.advance(3_000);
    expect(observations).toContainEqual(
      expect.objectContaining({ kind: 'charge-ended', by: 'settlement', reservationId, outcome: notSent }),
    );
    await engine.stop();
  });

  test('takes a refusal for no verdict on the attempt before it', async () => {
    const { engine, create, gateway, runtime } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    gateway.script(() => ({ kind: 'refused', message: 'in progress' }));
    engine.start();
    await runtime.advance(3_000);
    expect(await engine.get(reservationId)).toMatchObject({ stage: 'unresolved' });
    await engine.stop();
  });

  test('tries before it gives up, however old the payment is', async () => {
    const { engine, restart, gateway, runtime, create } = createEngineFixture();
    gateway.script(() => unknown);
    const { reservationId } = await create();
    await engine.stop();
    await runtime.advance(10 * HOUR_MS);
    gateway.script(() => approved);
    const next = restart();
    next.start();
    await runtime.advance(1_000);
    expect(await next.get(reservationId)).toMatchObject({ stage: 'confirmed' });
    await next.stop();
  });

  test('of one poisonous reservation holds up no other', async () => {
    const { engine, create, gateway, runtime, observations } = createEngineFixture();
    gateway.script(() => unknown);
    const poisonous = await create();
    const other = await create();
    gateway.script(({ reservationId }) => {
      if (reservationId === poisonous.reservationId) throw new Error('poison');
      return approved;
    });
    engine.start();
    await runtime.advance(3_000);
    expect(await engine.get(other.reservationId)).toMatchObject({ stage: 'confirmed' });
    expect(observations).toContainEqual(
      expect.objectContaining({ kind: 'settlement-fault', reservationId: poisonous.reservationId }),
    );
    await engine.stop();
  });

  test('works through a backlog without pausing', async () => {
    const { engine, create, gateway, runtime, store } = createEngineFixture();
    gateway.script(() => unknown);
    await Promise.all(Array.from({ length: 100 }, () => create()));
    gateway.script(() => approved);
    await runtime.advance(2_000);
    engine.start();
    await runtime.advance(100);
    expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    await engine.stop();
  });

  test('raises an alarm when a verdict contradicts what stands', async () => {
    const { engine, restart, gateway, runtime, store, observations } = createEngineFixture();
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    const id = await onlyReservation(store);
    gateway.script(() => approved);
    const other = restart();
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    slow.resolve({ kind: 'declined', message: 'no' });
    expect(await creating).toMatchObject({ reservation: { stage: 'confirmed' } });
    expect(observations).toContainEqual({
      kind: 'contradiction',
      reservationId: id,
      detail: 'stands: confirmed with transaction TXN-1; claimed: declined',
    });
    await other.stop();
  });

  test('tells about credentials that the payment service refuses', async () => {
    const { create, gateway, observations } = createEngineFixture();
    gateway.script(() => ({ kind: 'unknown', cause: 'misconfigured', detail: 'UNAUTHENTICATED' }));
    const { reservationId } = await create();
    expect(observations).toContainEqual({ kind: 'payment-misconfigured', reservationId, detail: 'UNAUTHENTICATED' });
  });

  test('tells about a certificate that is not accepted, and fails the reservation', async () => {
    const { create, gateway, observations } = createEngineFixture();
    gateway.script(() => ({ kind: 'not-sent', cause: 'certificate', detail: 'it has expired' }));
    const { reservationId, stage } = await create();
    expect(stage).toBe('failed');
    expect(observations).toContainEqual({ kind: 'payment-misconfigured', reservationId, detail: 'it has expired' });
  });
});

describe('with a payment service that is not idempotent', () => {
  test('what may have been executed is never sent again but escalated', async () => {
    const { engine, create, gateway, runtime, events } = createEngineFixture({ idempotency: 'none' });
    gateway.script(() => unknown);
    const { reservationId } = await create();
    engine.start();
    await runtime.advance(60_000);
    expect(gateway.charges).toHaveLength(1);
    expect(await events(reservationId)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED', 'PAYMENT_ESCALATED']);
    await engine.stop();
  });

  test('what a dead process left is escalated', async () => {
    const { engine, restart, gateway, runtime, store, events } = createEngineFixture({ idempotency: 'none' });
    gateway.script(died);
    void engine.create(REQUEST);
    await runtime.advance(0);
    const next = restart();
    next.start();
    await runtime.advance(LEASE_MS + 2_000);
    expect(gateway.charges).toHaveLength(1);
    expect(await events(await onlyReservation(store))).toEqual(['RESERVATION_CREATED', 'PAYMENT_ESCALATED']);
    await next.stop();
  });

  test('no send starts when the process slept through its window', async () => {
    const { engine, gateway, runtime, store } = createEngineFixture({ idempotency: 'none' });
    const awake = Promise.withResolvers<void>();
    let maySend = true;
    gateway.script(async (_, options) => {
      await awake.promise;
      maySend = options.maySend();
      return notSent;
    });
    const creating = engine.create(REQUEST);
    await runtime.advance(LEASE_MS);
    awake.resolve();
    await creating;
    expect(maySend).toBe(false);
    expect(await store.view.find(await onlyReservation(store))).toMatchObject({ stage: 'failed' });
  });
});
