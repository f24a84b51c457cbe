import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { created as createdEvent, type PaymentUnresolved } from '../../domain/reservation/events.ts';
import { evolve, initialState } from '../../domain/reservation/reservation.ts';
import { encodeEvent } from '../../domain/reservation/stored-event.ts';
import { summarize } from '../../domain/reservation/summary.ts';
import { ReservationError } from '../../errors.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { EXAMPLE_TIME, exampleAppend, exampleCharge, exampleEvent, exampleId } from '../../testing/builders.ts';
import { createEngineFixture, onlyReservation, REQUEST } from '../engine-fixture.ts';
import { assertExists } from '../commands/handle-command.ts';
import { LEASE_MS } from './limits.ts';
import { resolvePayment } from '../operations/resolve-payment.ts';

const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };
const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
const DAY_MS = 86_400_000;
const word = { actor: 'ada', reason: 'looked into the ledger' };

describe('a caller who is told "failed" of an unknown outcome', () => {
  test('is told so by the append that escalates the payment and takes it out of the queue', async () => {
    const { create, gateway, store, observations } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const reservation = await create();
    expect(reservation).toMatchObject({
      status: 'RESERVATION_FAILED',
      stage: 'escalated',
      answeredAs: 'failed',
      transactionId: null,
      message: 'Payment service temporarily unavailable. Please try again later.',
    });
    const events = await store.events.readAll({ after: 1, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['PAYMENT_UNRESOLVED', 'PAYMENT_ESCALATED']);
    expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(1);
    expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    expect(observations).toContainEqual({
      kind: 'payment-escalated',
      reservationId: reservation.reservationId,
      reason: 'answered-failed',
      detail: 'unknown, deadline-exceeded: 5 s',
    });
  });

  test.each(['failed', 'pending'] as const)('is not charged any more, by a server in mode "%s"', async (mode) => {
    const { engine, create, gateway, runtime, restart } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const reservation = await create({ idempotencyKey: 'k' });
    engine.start();
    await runtime.advance(LEASE_MS + 60_000);
    await engine.stop();
    gateway.script(() => approved);
    const next = restart({ answerUnknownAs: mode });
    next.start();
    await runtime.advance(2 * DAY_MS);
    expect(gateway.charges).toHaveLength(1);
    expect(await next.get(reservation.reservationId)).toEqual(reservation);
    // The key stays bound: with it nothing is sent either.
    expect(await next.create(REQUEST, { idempotencyKey: 'k' })).toEqual({
      kind: 'reservation',
      reservation,
      replayed: true,
    });
    expect(gateway.charges).toHaveLength(1);
    await next.stop();
  });

  test('is told the truth in the end, when an operator has found the charge or that there is none', async () => {
    const { create, gateway, store, runtime, engine } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const [charged, notCharged] = [await create(), await create()];
    const finding = { kind: 'charged', transactionId: 'TXN-9' } as const;
    await resolvePayment(store, charged.reservationId, { runtime, finding, ...word });
    await resolvePayment(store, notCharged.reservationId, { runtime, finding: { kind: 'not-charged' }, ...word });
    expect(await engine.get(charged.reservationId)).toMatchObject({ stage: 'confirmed', transactionId: 'TXN-9' });
    expect(await engine.get(notCharged.reservationId)).toMatchObject({ failureReason: 'found-not-charged' });
  });
});

describe('"failed" is not told, and settlement goes on,', () => {
  test('when another server took the payment over meanwhile', async () => {
    const { engine, gateway, runtime, restart, events } = createEngineFixture({ answerUnknownAs: 'failed' });
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    const settling = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => settling.promise);
    const other = restart();
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    slow.resolve(unknown);
    const result = await creating;
    expect(result).toMatchObject({ reservation: { status: 'RESERVATION_CREATED', stage: 'processing' } });
    settling.resolve(approved);
    await runtime.advance(1_000);
    if (result.kind !== 'reservation') throw new Error(result.kind);
    expect(await events(result.reservation.reservationId)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
    await other.stop();
  });

  test('when settlement had left it open already', async () => {
    const { engine, gateway, runtime, restart } = createEngineFixture({ answerUnknownAs: 'failed' });
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    gateway.script(() => unknown);
    const other = restart();
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    slow.resolve(unknown);
    expect(await creating).toMatchObject({ reservation: { status: 'RESERVATION_CREATED', stage: 'unresolved' } });
    await other.stop();
  });

  test('when the process died before it could be told', async () => {
    const { engine, gateway, runtime, store, restart } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => new Promise(() => undefined));
    void engine.create(REQUEST);
    await runtime.advance(0);
    gateway.script(() => approved);
    const next = restart();
    next.start();
    await runtime.advance(LEASE_MS + 2_000);
    expect(await next.get(await onlyReservation(store))).toMatchObject({ stage: 'confirmed' });
    await next.stop();
  });

  test('when the outcome cannot be stored', async () => {
    const memory = createMemoryStore();
    let isAway = false;
    const store: ReservationStore = {
      ...memory,
      events: {
        ...memory.events,
        async append(request) {
          if (isAway) throw new ReservationError('STORE_UNAVAILABLE', 'no answer');
          return await memory.events.append(request);
        },
      },
    };
    const { engine, gateway, runtime, restart } = createEngineFixture({ answerUnknownAs: 'failed', store });
    gateway.script(() => {
      isAway = true;
      return unknown;
    });
    const creating = engine.create(REQUEST);
    await runtime.advance(1_000);
    expect(await creating).toMatchObject({ reservation: { status: 'RESERVATION_CREATED', stage: 'processing' } });
    isAway = false;
    gateway.script(() => approved);
    const next = restart();
    next.start();
    await runtime.advance(LEASE_MS + 2_000);
    expect(await next.get(await onlyReservation(store))).toMatchObject({ stage: 'confirmed' });
    await next.stop();
  });
});

test('what an older release left open after it had told "failed" is escalated without a send', async () => {
  const { engine, gateway, runtime, store, events } = createEngineFixture();
  const money = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };
  const created = createdEvent({ userId: 'u1', money, reference: null, metadata: {} }, EXAMPLE_TIME);
  const told: PaymentUnresolved = {
    type: 'PAYMENT_UNRESOLVED',
    data: { cause: 'deadline-exceeded', detail: '5 s', answeredAs: 'failed', at: EXAMPLE_TIME },
  };
  const id = exampleId(1);
  const state = [created, told].reduce(evolve, initialState);
  assertExists(state);
  const openedAt = runtime.clock.now();
  await store.events.append(
    exampleAppend(id, {
      events: [exampleEvent(1, encodeEvent(created)), exampleEvent(2, encodeEvent(told))],
      inlineWrites: {
        summary: summarize(id, state, 2, 'anonymous'),
        work: { change: 'enqueue', ...exampleCharge(1), owner: 'request', openedAt, leaseUntil: openedAt + 1_000 },
        key: { kind: 'keep' },
      },
    }),
  );
  engine.start();
  await runtime.advance(5_000);
  expect(gateway.charges).toEqual([]);
  expect(await events(id)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED', 'PAYMENT_ESCALATED']);
  expect(await store.view.find(id)).toMatchObject({ status: 'RESERVATION_FAILED', stage: 'escalated' });
  expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
  await engine.stop();
});
