import { expect, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { ReservationError } from '../../errors.ts';
import type { PaymentGateway } from '../../ports/payment-gateway.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { createScriptedGateway } from '../../testing/scripted-gateway.ts';
import { shareCharges } from '../admission.ts';
import { createEngineFixture, type EngineFixture, REQUEST } from '../engine-fixture.ts';
import { READS_MAX } from '../payments/limits.ts';

const OVERLOADED = expect.objectContaining({ code: 'OVERLOADED' });
const APPROVED: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };

/** An engine whose gateway takes 8 charges: 7 of requests, each of which stays under way until `end`, and 1 of settlement. */
function fullEngine(store: ReservationStore = createMemoryStore()): EngineFixture & {
  /** Makes as many requests as there are places; their keys are `${prefix}-0` and so on. */
  fill(prefix?: string): Promise<readonly Promise<unknown>[]>;
  end(outcome: PaymentOutcome): void;
} {
  const gateway = createScriptedGateway('by-reservation-id', 8);
  let verdict = Promise.withResolvers<PaymentOutcome>();
  gateway.script(() => verdict.promise);
  const fixture = createEngineFixture({ gateway, store });
  return {
    ...fixture,
    gateway,
    async fill(prefix = 'held') {
      const requests = Array.from({ length: 7 }, (_, index) =>
        fixture.engine.create(REQUEST, { idempotencyKey: `${prefix}-${index}` }),
      );
      await fixture.runtime.advance(0);
      expect(fixture.engine.isOverloaded()).toBe(true);
      return requests;
    },
    end(outcome) {
      verdict.resolve(outcome);
      verdict = Promise.withResolvers();
    },
  };
}

test('a request beyond those that may be charged is refused, leaves no trace, and its key is free', async () => {
  const { engine, store, gateway, fill, end } = fullEngine();
  const others = await fill();
  const position = await store.events.lastPosition();
  await expect(engine.create(REQUEST, { idempotencyKey: 'refused' })).rejects.toEqual(OVERLOADED);
  await expect(engine.create(REQUEST)).rejects.toEqual(OVERLOADED);
  expect(await store.events.lastPosition()).toBe(position);
  expect(await engine.findByKey('refused')).toBeNull();
  expect(gateway.charges).toHaveLength(7);
  end(APPROVED);
  await Promise.all(others);
  gateway.script(() => APPROVED);
  expect(await engine.create(REQUEST, { idempotencyKey: 'refused' })).toMatchObject({ replayed: false });
});

test.each([
  ['approved', APPROVED],
  ['declined', { kind: 'declined', message: 'no' }],
  ['not sent', { kind: 'not-sent', cause: 'no-connection', detail: '' }],
  ['unknown', { kind: 'unknown', cause: 'connection-lost', detail: '' }],
] satisfies readonly (readonly [string, PaymentOutcome])[])(
  'a charge that was %s leaves its place to another',
  async (_, outcome) => {
    const { engine, fill, end } = fullEngine();
    const others = await fill();
    end(outcome);
    await Promise.all(others);
    expect(engine.isOverloaded()).toBe(false);
    const next = await fill('next');
    end(outcome);
    expect(await Promise.all(next)).toHaveLength(7);
  },
);

test('a request that ends without a charge leaves its place, too', async () => {
  const store = createMemoryStore();
  let isAway = true;
  const append: ReservationStore['events']['append'] = (request) =>
    isAway ? Promise.reject(new ReservationError('STORE_CORRUPT', 'planted')) : store.events.append(request);
  const { engine, fill } = fullEngine({ ...store, events: { ...store.events, append } });
  for (let turn = 1; turn <= 8; turn += 1) {
    await expect(engine.create(REQUEST)).rejects.toThrow('planted');
    expect(await engine.create({ ...REQUEST, amount: '0' })).toMatchObject({ kind: 'invalid' });
  }
  isAway = false;
  void fill();
  for (let turn = 1; turn <= 8; turn += 1) {
    const again = engine.create(REQUEST, { idempotencyKey: 'held-0' });
    expect(await again).toMatchObject({ kind: 'key-in-progress' });
  }
});

test('without a place, what is known of a key is answered, and so is an invalid request', async () => {
  const { engine, gateway, fill } = fullEngine();
  gateway.script(() => APPROVED);
  const first = await engine.create(REQUEST, { idempotencyKey: 'known' });
  gateway.script(() => ({ kind: 'not-sent', cause: 'no-connection', detail: '' }));
  await engine.create(REQUEST, { idempotencyKey: 'freed' });
  const verdict = Promise.withResolvers<PaymentOutcome>();
  gateway.script(() => verdict.promise);
  const others = await fill();
  expect(await engine.create(REQUEST, { idempotencyKey: 'known' })).toEqual({ ...first, replayed: true });
  expect(await engine.create({ ...REQUEST, userId: 'u2' }, { idempotencyKey: 'known' })).toEqual({
    kind: 'key-reused',
  });
  expect(await engine.create(REQUEST, { idempotencyKey: 'held-1' })).toMatchObject({ kind: 'key-in-progress' });
  expect(await engine.create({ ...REQUEST, amount: '0' }, { idempotencyKey: 'new' })).toMatchObject({
    kind: 'invalid',
  });
  await expect(engine.create(REQUEST, { idempotencyKey: 'freed' })).rejects.toEqual(OVERLOADED);
  verdict.resolve(APPROVED);
  await Promise.all(others);
});

test('requests leave a part of the charges to settlement', async () => {
  const shares = [1, 2, 8, 40, 512, 10_000].map((chargesMax) => [chargesMax, shareCharges(chargesMax)]);
  expect(Object.fromEntries(shares)).toEqual({
    1: { requests: 1, settlement: 1 },
    2: { requests: 1, settlement: 1 },
    8: { requests: 7, settlement: 1 },
    40: { requests: 35, settlement: 5 },
    512: { requests: 480, settlement: 32 },
    10_000: { requests: 9_968, settlement: 32 },
  });
});

test('what is open is settled while no request finds a place', async () => {
  const { engine, gateway, runtime, fill, create } = fullEngine();
  gateway.script(() => ({ kind: 'unknown', cause: 'connection-lost', detail: '' }));
  const { reservationId } = await create();
  const verdict = Promise.withResolvers<PaymentOutcome>();
  gateway.script((request) => (request.reservationId === reservationId ? APPROVED : verdict.promise));
  const others = await fill();
  engine.start();
  await runtime.advance(5_000);
  expect(engine.isOverloaded()).toBe(true);
  expect(await engine.get(reservationId)).toMatchObject({ stage: 'confirmed' });
  verdict.resolve(APPROVED);
  await Promise.all(others);
  await engine.stop();
});

test('reads beyond those that may wait for the store are refused', async () => {
  const store = createMemoryStore();
  const stalled = Promise.withResolvers<never>();
  const find = (): Promise<never> => stalled.promise;
  const { engine } = createEngineFixture({ store: { ...store, view: { ...store.view, find } } });
  const id = 'RES-018f0000-0000-7000-8000-000000000001';
  const waiting = Array.from({ length: READS_MAX }, () => engine.get(id));
  await expect(engine.get(id)).rejects.toEqual(OVERLOADED);
  await expect(engine.list()).rejects.toEqual(OVERLOADED);
  await expect(engine.findByKey('k')).rejects.toEqual(OVERLOADED);
  await expect(engine.findByTransaction('TXN-1')).rejects.toEqual(OVERLOADED);
  stalled.reject(new ReservationError('STORE_UNAVAILABLE', 'away'));
  await Promise.allSettled(waiting);
  expect(await engine.list()).toMatchObject({ reservations: [] });
});

test.each([0, 1.5, Infinity, undefined])('a gateway that takes %s charges is refused', (chargesMax) => {
  const gateway = { ...createScriptedGateway(), chargesMax } as PaymentGateway;
  expect(() => createEngineFixture({ gateway })).toThrow(
    'gateway.chargesMax: expected a whole number from 1 to 200000',
  );
});
