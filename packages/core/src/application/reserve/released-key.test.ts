import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { openPostgresStore } from '../../adapters/postgres/index.ts';
import { createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { ReservationError } from '../../errors.ts';
import type { EventStore } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { CreateResult } from './create-reservation.ts';
import { createEngineFixture, REQUEST } from '../engine-fixture.ts';
import { KEY_TURNS_MAX } from '../payments/limits.ts';
import type { Reservations } from '../engine.ts';
import { resolvePayment } from '../operations/resolve-payment.ts';

const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };
const notSent: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
const KEYED = { idempotencyKey: 'k' };
const REPETITIONS = 100;

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

/** Stores on the same data, as one or two servers have them; closed when the test ends. */
const STORES: readonly (readonly [string, () => Promise<readonly ReservationStore[]>])[] = [
  ['in memory', () => Promise.resolve([createMemoryStore()])],
  [
    'on SQLite',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'released-key-'));
      const store = await openSqliteStore({ path: join(folder, 'reservations.db') });
      onTestFinished(async () => {
        await store.close();
        await rm(folder, { recursive: true });
      });
      return [store];
    },
  ],
  [
    'on PostgreSQL, through two servers',
    async () => {
      const connectionString = await schemas.newSchema();
      const stores = [await openPostgresStore({ connectionString }), await openPostgresStore({ connectionString })];
      onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
      return stores;
    },
  ],
];

function reservationOf(result: CreateResult): Extract<CreateResult, { kind: 'reservation' }>['reservation'] {
  if (result.kind !== 'reservation') throw new Error(`expected a reservation, found ${result.kind}`);
  return result.reservation;
}

describe.each(STORES)('a key whose request was never sent, %s,', (_, open) => {
  test('makes one new reservation of 100 repetitions at once, and the failed one stays as it is', async () => {
    const [store, ...others] = await open();
    if (store === undefined) throw new Error('no store');
    const { engine, gateway, restart } = createEngineFixture({ store });
    const engines: readonly Reservations[] = [engine, ...others.map((other) => restart({ store: other }))];
    gateway.script(() => notSent);
    const failed = reservationOf(await engine.create(REQUEST, KEYED));
    expect(failed).toMatchObject({ status: 'RESERVATION_FAILED', failureReason: 'not-sent' });
    gateway.script(() => approved);
    const repetitions = await Promise.all(
      Array.from({ length: REPETITIONS }, (__, n) => (engines[n % engines.length] ?? engine).create(REQUEST, KEYED)),
    );
    const [made, ...more] = repetitions.filter((result) => result.kind === 'reservation' && !result.replayed);
    if (made === undefined) throw new Error('none made a reservation');
    expect(more).toEqual([]);
    const { reservationId } = reservationOf(made);
    expect(reservationId).not.toBe(failed.reservationId);
    for (const result of repetitions) {
      const id = result.kind === 'key-in-progress' ? result.reservationId : reservationOf(result).reservationId;
      expect(id).toBe(reservationId);
    }
    expect(gateway.charges.map((charge) => charge.reservationId)).toEqual([failed.reservationId, reservationId]);
    expect(await engine.get(failed.reservationId)).toEqual(failed);
    expect((await store.events.readAll({ after: 0, limit: 100 })).length).toBe(4);
    expect(await engine.create(REQUEST, KEYED)).toMatchObject({ replayed: true, reservation: { reservationId } });
  });

  test('is free for another body too, and again after each such failure', async () => {
    const [store] = await open();
    if (store === undefined) throw new Error('no store');
    const { engine, gateway } = createEngineFixture({ store });
    gateway.script(() => notSent);
    const ids = new Set<string>();
    for (const amount of ['1', '2', '3']) {
      ids.add(reservationOf(await engine.create({ ...REQUEST, amount }, KEYED)).reservationId);
    }
    expect(ids.size).toBe(3);
  });
});

describe('a key stays bound', () => {
  test.each<[string, PaymentOutcome, 'pending' | 'failed']>([
    ['to what was declined', { kind: 'declined', message: 'no' }, 'pending'],
    ['to what was refused', { kind: 'refused', message: 'no' }, 'pending'],
    ['to what is not known', unknown, 'pending'],
    ['to what is not known, also when the caller is told "failed"', unknown, 'failed'],
    ['to what was charged', approved, 'pending'],
  ])('%s', async (_, outcome, answerUnknownAs) => {
    const { engine, gateway } = createEngineFixture({ answerUnknownAs });
    gateway.script(() => outcome);
    const first = reservationOf(await engine.create(REQUEST, KEYED));
    gateway.script(() => approved);
    expect(await engine.create(REQUEST, KEYED)).toEqual({ kind: 'reservation', reservation: first, replayed: true });
    expect(await engine.create({ ...REQUEST, amount: '1' }, KEYED)).toEqual({ kind: 'key-reused' });
    expect(gateway.charges).toHaveLength(1);
  });

  test('to what an operator found not charged', async () => {
    const { engine, gateway, store, runtime } = createEngineFixture({ answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const { reservationId } = reservationOf(await engine.create(REQUEST, KEYED));
    const finding = { kind: 'not-charged' } as const;
    await resolvePayment(store, reservationId, { runtime, finding, actor: 'ada', reason: 'ledger' });
    const again = await engine.create(REQUEST, KEYED);
    expect(again).toMatchObject({ replayed: true, reservation: { reservationId, failureReason: 'found-not-charged' } });
  });

  test('to the reservation that claimed it anew, when the failure before it is stored once more', async () => {
    const memory = createMemoryStore();
    let lostAcknowledgements = 1;
    const store = withAppend(memory, async (request) => {
      const result = await memory.events.append(request);
      if (request.inlineWrites.key.kind !== 'release' || lostAcknowledgements === 0) return result;
      lostAcknowledgements -= 1;
      // Before the append is sent again, another request claims the key.
      gateway.script(() => approved);
      const repeated = await other.create(REQUEST, KEYED);
      expect(repeated).toMatchObject({ replayed: false });
      throw new ReservationError('STORE_UNAVAILABLE', 'connection lost at COMMIT');
    });
    const { engine, gateway, runtime, restart } = createEngineFixture({ store });
    const other = restart({ store: memory });
    gateway.script(() => notSent);
    const failing = engine.create(REQUEST, KEYED);
    await runtime.advance(1_000);
    expect(reservationOf(await failing)).toMatchObject({ failureReason: 'not-sent' });
    expect(await engine.create(REQUEST, KEYED)).toMatchObject({ replayed: true, reservation: { stage: 'confirmed' } });
    expect(gateway.charges).toHaveLength(2);
  });
});

describe('a request that finds its key taken by what has failed, unsent, by the time it looks', () => {
  test('makes a reservation of its own', async () => {
    const memory = createMemoryStore();
    const outage = Promise.withResolvers<PaymentOutcome>();
    const store: ReservationStore = {
      ...memory,
      view: {
        ...memory.view,
        async find(id) {
          gateway.script(() => approved);
          outage.resolve(notSent);
          await first;
          return await memory.view.find(id);
        },
      },
    };
    const { engine, gateway } = createEngineFixture({ store });
    gateway.script(() => outage.promise);
    const first = engine.create(REQUEST, KEYED);
    const second = await engine.create(REQUEST, KEYED);
    expect(second).toMatchObject({ replayed: false, reservation: { stage: 'confirmed' } });
    expect(reservationOf(await first)).toMatchObject({ failureReason: 'not-sent' });
  });

  test('answers with it when the key is taken time after time', async () => {
    const memory = createMemoryStore();
    let claims = 0;
    // A server of an older release, which leaves the key bound.
    const store = withAppend(memory, (request) => {
      const { key } = request.inlineWrites;
      if (key.kind === 'claim') claims += 1;
      const kept = { ...request.inlineWrites, key: { kind: 'keep' } as const };
      return memory.events.append(key.kind === 'release' ? { ...request, inlineWrites: kept } : request);
    });
    const { engine, gateway } = createEngineFixture({ store });
    gateway.script(() => notSent);
    const first = reservationOf(await engine.create(REQUEST, KEYED));
    expect(await engine.create(REQUEST, KEYED)).toEqual({ kind: 'reservation', reservation: first, replayed: true });
    expect(claims).toBe(1 + KEY_TURNS_MAX);
  });
});

function withAppend(store: ReservationStore, append: EventStore['append']): ReservationStore {
  return { ...store, events: { ...store.events, append } };
}
