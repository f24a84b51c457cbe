import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { ReservationError } from '../../errors.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { createEngineFixture, onlyReservation, REQUEST } from '../engine-fixture.ts';

const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };
const notSent: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };

describe('a new reservation', () => {
  test('is confirmed when the payment is approved', async () => {
    const { create, events, store } = createEngineFixture();
    const reservation = await create();
    expect(reservation).toEqual({
      reservationId: expect.stringMatching(/^RES-/),
      status: 'RESERVATION_CONFIRMED',
      stage: 'confirmed',
      userId: 'u1',
      amountMinor: 1_050,
      currency: 'EUR',
      reference: null,
      metadata: {},
      caller: 'anonymous',
      decimals: 2,
      transactionId: `TXN-${reservation.reservationId}`,
      failureReason: null,
      answeredAs: null,
      message: 'approved',
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      version: 2,
    });
    expect(await events(reservation.reservationId)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
    expect(await store.work.gauge({ kind: 'charge' })).toEqual({ open: 0, oldestOpenedAt: null, nextDueAt: null });
  });

  test('fails with the payment service’s message when it is declined', async () => {
    const { create, gateway, events } = createEngineFixture();
    gateway.script(() => ({ kind: 'declined', message: 'Insufficient funds' }));
    const reservation = await create();
    expect(reservation).toMatchObject({
      status: 'RESERVATION_FAILED',
      failureReason: 'declined',
      message: 'Insufficient funds',
      transactionId: null,
    });
    expect(await events(reservation.reservationId)).toEqual(['RESERVATION_CREATED', 'RESERVATION_FAILED']);
  });

  test('fails when it is proved that nothing was sent', async () => {
    const { create, gateway, store } = createEngineFixture();
    gateway.script(() => notSent);
    expect(await create()).toMatchObject({ status: 'RESERVATION_FAILED', failureReason: 'not-sent' });
    expect(await store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
  });

  test('stays created, and due for settlement, when the outcome is unknown', async () => {
    const { create, gateway, events, store, runtime } = createEngineFixture();
    gateway.script(() => unknown);
    const reservation = await create();
    expect(reservation).toMatchObject({ status: 'RESERVATION_CREATED', stage: 'unresolved', answeredAs: 'pending' });
    expect(await events(reservation.reservationId)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED']);
    expect(await store.work.list({ kind: 'charge', limit: 10 })).toEqual([
      {
        kind: 'charge',
        id: reservation.reservationId,
        openedAt: runtime.clock.now(),
        attempts: 0,
        dueAt: runtime.clock.now() + 1_000,
        owner: null,
        lastOutcome: 'unknown, deadline-exceeded: 5 s',
      },
    ]);
  });

  test('of an unknown outcome is called failed towards clients that asked for it', async () => {
    const { create, gateway, engine } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const reservation = await create();
    expect(reservation).toMatchObject({ status: 'RESERVATION_FAILED', stage: 'escalated', answeredAs: 'failed' });
    expect(await engine.get(reservation.reservationId)).toEqual(reservation);
  });

  test('is durable before it is charged, under the same id', async () => {
    const { create, gateway, store } = createEngineFixture();
    gateway.script(async ({ reservationId, userId, money }) => {
      const before = await store.view.find(reservationId);
      expect(before).toMatchObject({ stage: 'processing', userId, ...money });
      return { kind: 'approved', transactionId: 'T', message: '' };
    });
    await create();
    expect(gateway.charges).toHaveLength(1);
  });

  test('is what GET shows', async () => {
    const { create, engine } = createEngineFixture();
    const reservation = await create();
    expect(await engine.get(reservation.reservationId)).toEqual(reservation);
    expect(await engine.get('RES-none')).toBeNull();
  });

  test('carries correlation and trace context into its events', async () => {
    const { create, store } = createEngineFixture();
    const { reservationId } = await create({ correlationId: 'req-1', traceparent: '00-a-b-01' });
    const events = await store.events.readStream(reservationId, { after: 0, limit: 10 });
    expect(events.map(({ metadata }) => [metadata.correlationId, metadata.traceparent])).toEqual([
      ['req-1', '00-a-b-01'],
      ['req-1', '00-a-b-01'],
    ]);
    expect(events.map((event) => event.metadata.causationId)).toEqual(events.map((event) => event.commandId));
  });

  test('that does not validate leaves no trace', async () => {
    const { engine, store, gateway } = createEngineFixture();
    const result = await engine.create({ ...REQUEST, amount: '10.005' }, { idempotencyKey: 'k' });
    expect(result).toEqual({ kind: 'invalid', faults: [{ field: 'amount', code: 'too-many-decimals' }] });
    expect(await store.events.readAll({ after: 0, limit: 10 })).toEqual([]);
    expect(gateway.charges).toEqual([]);
    expect(await engine.create(REQUEST, { idempotencyKey: 'k' })).toMatchObject({
      kind: 'reservation',
      replayed: false,
    });
  });
});

describe('an idempotency key', () => {
  test('brings back the same reservation in its current state', async () => {
    const { engine, create, gateway } = createEngineFixture();
    const first = await create({ idempotencyKey: 'k' });
    const second = await engine.create({ ...REQUEST, amount: 10.5, currency: 'eur' }, { idempotencyKey: 'k' });
    expect(second).toEqual({ kind: 'reservation', reservation: first, replayed: true });
    expect(gateway.charges).toHaveLength(1);
  });

  test('with another request is refused, without effect', async () => {
    const { engine, create, store } = createEngineFixture();
    await create({ idempotencyKey: 'k' });
    expect(await engine.create({ ...REQUEST, amount: '11' }, { idempotencyKey: 'k' })).toEqual({ kind: 'key-reused' });
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(2);
  });

  test('is tied to the amount in major units, whatever number of decimals the platform gives the currency', async () => {
    const memory = createMemoryStore();
    const claims: unknown[] = [];
    const events: ReservationStore['events'] = {
      ...memory.events,
      append(request) {
        if (request.inlineWrites.key.kind === 'claim') claims.push(request.inlineWrites.key.fingerprint);
        return memory.events.append(request);
      },
    };
    const { create } = createEngineFixture({ store: { ...memory, events } });
    await create({ idempotencyKey: 'k' });
    expect(claims[0]).toBe('["u1",10.5,"EUR"]');
  });

  test('of another caller is another key', async () => {
    const { engine, create } = createEngineFixture();
    await create({ idempotencyKey: 'k', caller: 'a' });
    const other = await engine.create(REQUEST, { idempotencyKey: 'k', caller: 'b' });
    expect(other).toMatchObject({ kind: 'reservation', replayed: false });
  });

  test('is in progress until the first request has its answer', async () => {
    const { engine, create, gateway, store } = createEngineFixture();
    const charge = Promise.withResolvers<PaymentOutcome>();
    const begun = Promise.withResolvers<void>();
    gateway.script(() => {
      begun.resolve();
      return charge.promise;
    });
    const first = create({ idempotencyKey: 'k' });
    await begun.promise;
    expect(await engine.create(REQUEST, { idempotencyKey: 'k' })).toEqual({
      kind: 'key-in-progress',
      reservationId: await onlyReservation(store),
    });
    charge.resolve({ kind: 'declined', message: 'no' });
    expect(await first).toMatchObject({ failureReason: 'declined' });
  });

  test('makes one reservation and one charge of 100 parallel requests', async () => {
    const { engine, gateway, store } = createEngineFixture();
    const results = await Promise.all(
      Array.from({ length: 100 }, () => engine.create(REQUEST, { idempotencyKey: 'k' })),
    );
    expect(results.filter((result) => result.kind === 'reservation' && !result.replayed)).toHaveLength(1);
    expect(gateway.charges).toHaveLength(1);
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(2);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(256)])('%j is malformed', async (idempotencyKey) => {
    const { engine } = createEngineFixture();
    await expect(engine.create(REQUEST, { idempotencyKey })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('a store that fails', () => {
  test('after the commit is asked again, and the append counts once', async () => {
    const store = loseAcknowledgements(createMemoryStore(), 2);
    const { engine, runtime, events } = createEngineFixture({ store });
    const creating = engine.create(REQUEST);
    await runtime.advance(1_000);
    const result = await creating;
    expect(result).toMatchObject({ kind: 'reservation', reservation: { stage: 'confirmed', version: 2 } });
    expect(await events(await onlyReservation(store))).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
  });

  test('for good is reported, and nothing was charged', async () => {
    const store = loseAcknowledgements(createMemoryStore(), 3);
    const { engine, runtime, gateway } = createEngineFixture({ store });
    const creating = expect(engine.create(REQUEST)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await runtime.advance(1_000);
    await creating;
    expect(gateway.charges).toEqual([]);
  });

  test.each([
    [400, 3],
    [900, 2],
    [3_000, 1],
  ])('by a store that takes %i ms to fail is sent %i times: the caller does not wait for ever', async (ms, sends) => {
    const memory = createMemoryStore();
    let sent = 0;
    const runtime = createManualRuntime();
    const store: ReservationStore = {
      ...memory,
      events: {
        ...memory.events,
        async append() {
          sent += 1;
          await runtime.clock.sleep(ms, new AbortController().signal);
          throw new ReservationError('STORE_UNAVAILABLE', 'no answer');
        },
      },
    };
    const { engine } = createEngineFixture({ store, runtime });
    const creating = expect(engine.create(REQUEST)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await runtime.advance(20_000);
    await creating;
    expect(sent).toBe(sends);
  });

  test('when the verdict is to be stored leaves the reservation open, and the caller learns its id', async () => {
    const store = loseAcknowledgements(createMemoryStore(), 3, 1);
    const { engine, runtime, gateway, observations, restart } = createEngineFixture({ store });
    const creating = engine.create(REQUEST);
    await runtime.advance(1_000);
    const reservationId = await onlyReservation(store);
    expect(await creating).toMatchObject({ reservation: { reservationId, status: 'RESERVATION_CREATED' } });
    expect(observations).toContainEqual(expect.objectContaining({ kind: 'charge-fault', reservationId }));
    const next = restart();
    next.start();
    await runtime.advance(30_000);
    expect(await next.get(reservationId)).toMatchObject({ stage: 'confirmed' });
    expect(new Set(gateway.charges.map((charge) => charge.reservationId))).toEqual(new Set([reservationId]));
    await next.stop();
  });

  function loseAcknowledgements(store: ReservationStore, times: number, skip = 0): ReservationStore {
    let left = times;
    let before = skip;
    return {
      ...store,
      events: {
        ...store.events,
        async append(request) {
          const result = await store.events.append(request);
          if (left === 0 || before > 0) {
            before -= 1;
            return result;
          }
          left -= 1;
          throw new ReservationError('STORE_UNAVAILABLE', 'connection lost at COMMIT');
        },
      },
    };
  }
});

describe('an engine that stops', () => {
  test('takes no new work', async () => {
    const { engine } = createEngineFixture();
    await engine.stop();
    await expect(engine.create(REQUEST)).rejects.toMatchObject({ code: 'STOPPED' });
  });

  test('sends nothing more, and lets what runs come to its end', async () => {
    const { engine, gateway, create } = createEngineFixture();
    const begun = Promise.withResolvers<void>();
    const charge = Promise.withResolvers<void>();
    let mayRepeat = true;
    gateway.script(async (_, { maySend }) => {
      begun.resolve();
      await charge.promise;
      mayRepeat = maySend();
      return { kind: 'approved', transactionId: 'T', message: '' };
    });
    const creating = create();
    await begun.promise;
    const stopping = engine.stop();
    charge.resolve();
    expect(await creating).toMatchObject({ stage: 'confirmed' });
    await stopping;
    expect(mayRepeat).toBe(false);
  });

  test('cancels what outlasts its patience, whose outcome is then unknown', async () => {
    const { engine, gateway, create, runtime } = createEngineFixture();
    const begun = Promise.withResolvers<void>();
    gateway.script(
      (_, { signal }) =>
        new Promise((resolve) => {
          begun.resolve();
          signal.addEventListener('abort', () => resolve({ kind: 'unknown', cause: 'cancelled', detail: 'stopped' }));
        }),
    );
    const creating = create();
    await begun.promise;
    const stopping = engine.stop({ drainMs: 5_000 });
    await runtime.advance(5_000);
    expect(await creating).toMatchObject({ stage: 'unresolved' });
    await stopping;
  });
});

describe('an option that makes no sense is refused by its name', () => {
  test.each([
    [{ settlement: { pollMs: 0 } }, 'settlement.pollMs: expected a whole number from 1, found 0'],
    [{ settlement: { backoffMs: -5 } }, 'settlement.backoffMs: expected a whole number from 1, found -5'],
    [{ settlement: { escalateAfterMs: 0.5 } }, 'settlement.escalateAfterMs: expected a whole number from 1, found 0.5'],
    [{ answerUnknownAs: 'fail' as 'failed' }, 'answerUnknownAs: expected "pending" or "failed", found "fail"'],
  ])('%j', (options, message) => {
    expect(() => createEngineFixture(options)).toThrow(new ReservationError('INVALID_OPTION', message));
  });

  test.each([0, 201, 1.5])('limit %d', async (limit) => {
    const message = `limit: expected a whole number from 1 to 200, found ${limit}`;
    await expect(createEngineFixture().engine.list({ limit })).rejects.toThrow(
      new ReservationError('INVALID_OPTION', message),
    );
  });
});
