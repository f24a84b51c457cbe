import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { createPostgresHarness, createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import type { CreateRequest } from '../../domain/create-request.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { AppendRequest } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture, type EngineFixture, onlyReservation, REQUEST } from '../engine-fixture.ts';

const directories = createTestDirectories();
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

const opened: ReservationStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await directories.remove();
});

const STORES: Readonly<Record<string, () => Promise<ReservationStore>>> = {
  memory: async () => createMemoryStore(),
  SQLite: async () => await openSqliteStore({ path: await directories.newPath() }),
  PostgreSQL: async () => await createPostgresHarness(schemas).open(),
};

const KEY = { idempotencyKey: 'order-1' };

/** A request that this release refuses, and what an earlier one wrote for it in the place of {@link REQUEST}. */
interface Refused {
  readonly why: string;
  readonly wrote: readonly [RegExp, string];
  readonly request: CreateRequest;
}

const REFUSED: readonly Refused[] = [
  { why: 'its currency was withdrawn', wrote: [/EUR/g, 'HRK'], request: { ...REQUEST, currency: 'hrk' } },
  {
    why: 'its currency lost its decimals',
    wrote: [/EUR/g, 'ISK'],
    request: { ...REQUEST, currency: 'ISK', amount: 10.5 },
  },
  { why: 'its user id is too long', wrote: [/u1/g, 'u'.repeat(300)], request: { ...REQUEST, userId: 'u'.repeat(300) } },
];

/** The store as an earlier release wrote to it, whose rules accepted what these refuse. */
function earlierRelease(store: ReservationStore, [pattern, text]: Refused['wrote']): ReservationStore {
  const rewritten = (request: AppendRequest): AppendRequest =>
    JSON.parse(JSON.stringify(request).replaceAll(pattern, text)) as AppendRequest;
  return {
    ...store,
    events: { ...store.events, append: (request) => store.events.append(rewritten(request)) },
  };
}

/** An engine of this release on a store to which an earlier one has written a confirmed reservation. */
async function upgraded(kind: string, { wrote }: Refused): Promise<EngineFixture> {
  const store = (await STORES[kind]?.()) ?? createMemoryStore();
  opened.push(store);
  await createEngineFixture({ store: earlierRelease(store, wrote) }).engine.create(REQUEST, KEY);
  return createEngineFixture({ store });
}

describe.each(Object.keys(STORES))('a request that this release refuses and an earlier one accepted, on %s', (kind) => {
  test.each(REFUSED)('is answered with its reservation under its key: $why', async (refused) => {
    const { engine, store, gateway } = await upgraded(kind, refused);
    const reservation = await engine.get(await onlyReservation(store));
    expect(reservation).toMatchObject({ stage: 'confirmed', amountMinor: 1_050, decimals: 2 });
    expect(await engine.create(refused.request)).toMatchObject({ kind: 'invalid' });
    const repeated = await engine.create(refused.request, KEY);
    expect(repeated).toEqual({ kind: 'reservation', reservation, replayed: true });
    expect(gateway.charges).toEqual([]);
  });

  test('is told that the key is another request’s when it says something else', async () => {
    const [withdrawn] = REFUSED as [Refused];
    const { engine, store } = await upgraded(kind, withdrawn);
    expect(await engine.create({ ...withdrawn.request, amount: '11' }, KEY)).toEqual({ kind: 'key-reused' });
    expect(await engine.create({ ...REQUEST, amount: '10.505' }, KEY)).toEqual({ kind: 'key-reused' });
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(2);
  });

  test('is told what is wrong with it under a key that is free, without a trace', async () => {
    const [withdrawn] = REFUSED as [Refused];
    const { engine, store } = await upgraded(kind, withdrawn);
    const invalid = { kind: 'invalid', faults: [{ field: 'currency', code: 'unknown-currency' }] };
    for (const options of [{ idempotencyKey: 'order-2' }, { ...KEY, caller: 'another' }]) {
      expect(await engine.create(withdrawn.request, options)).toEqual(invalid);
      expect(await engine.create(withdrawn.request, options)).toEqual(invalid);
    }
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(2);
  });
});

test('a request that is none is told what is wrong with it, whatever its key is', async () => {
  const { engine, create } = createEngineFixture();
  await create(KEY);
  const amount = true as unknown as number;
  expect(await engine.create({ ...REQUEST, amount }, KEY)).toEqual({
    kind: 'invalid',
    faults: [{ field: 'amount', code: 'not-a-number-type' }],
  });
});

test('a refused request whose first one is being charged is in progress', async () => {
  const [withdrawn] = REFUSED as [Refused];
  const store = createMemoryStore();
  const before = createEngineFixture({ store: earlierRelease(store, withdrawn.wrote) });
  const charging = Promise.withResolvers<PaymentOutcome>();
  const begun = Promise.withResolvers<void>();
  before.gateway.script(() => {
    begun.resolve();
    return charging.promise;
  });
  const first = before.engine.create(REQUEST, KEY);
  await begun.promise;
  expect(await createEngineFixture({ store }).engine.create(withdrawn.request, KEY)).toEqual({
    kind: 'key-in-progress',
    reservationId: await onlyReservation(store),
  });
  charging.resolve({ kind: 'declined', message: 'no' });
  await first;
});

test('a valid request, and one without a key, cost no look-up', async () => {
  const store = createMemoryStore();
  let lookUps = 0;
  const view: ReservationStore['view'] = {
    ...store.view,
    findByKey(key) {
      lookUps += 1;
      return store.view.findByKey(key);
    },
  };
  const { engine, create } = createEngineFixture({ store: { ...store, view } });
  await create(KEY);
  await create(KEY);
  expect(await engine.create({ ...REQUEST, amount: '10.505' })).toMatchObject({ kind: 'invalid' });
  expect(lookUps).toBe(0);
  expect(await engine.create({ ...REQUEST, amount: '10.505' }, KEY)).toEqual({ kind: 'key-reused' });
  expect(lookUps).toBe(1);
});
