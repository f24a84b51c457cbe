import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../adapters/memory/index.ts';
import { createEngineFixture, REQUEST } from './engine-fixture.ts';

const OWN = { caller: 'bob', visibility: 'own' } as const;

/** One reservation of bob and one of the anonymous caller, both charged with the same transaction. */
async function createBoth() {
  const fixture = createEngineFixture();
  fixture.gateway.script(() => ({ kind: 'approved', transactionId: 'TXN-1', message: '' }));
  const bobs = await fixture.create({ caller: 'bob', idempotencyKey: 'k' });
  const other = await fixture.create({ idempotencyKey: 'k' });
  return { ...fixture, bobs, other };
}

describe('a caller that sees its own reservations', () => {
  test('finds what it made, and nothing of another caller, by any way', async () => {
    const { engine, bobs, other } = await createBoth();
    expect([bobs.caller, other.caller]).toEqual(['bob', 'anonymous']);
    expect(await engine.get(bobs.reservationId, OWN)).toEqual(bobs);
    expect(await engine.get(other.reservationId, OWN)).toBeNull();
    expect(await engine.findByKey('k', OWN)).toEqual(bobs);
    expect(await engine.findByTransaction('TXN-1', OWN)).toEqual([bobs]);
    expect(await engine.list({}, OWN)).toEqual({ reservations: [bobs], next: null });
    expect(await engine.list({ transactionId: 'TXN-1' }, OWN)).toEqual({ reservations: [bobs], next: null });
    expect(await engine.history(other.reservationId, OWN)).toBeNull();
    expect(await engine.history(bobs.reservationId, OWN)).toHaveLength(2);
  });

  test('is the exception: by default every caller sees all', async () => {
    const { engine, bobs, other } = await createBoth();
    for (const options of [{}, { caller: 'bob' }, { caller: 'bob', visibility: 'all' }] as const) {
      expect(await engine.get(other.reservationId, options)).toEqual(other);
      expect(await engine.findByTransaction('TXN-1', options)).toEqual([bobs, other]);
      expect((await engine.list({}, options)).reservations).toEqual([bobs, other]);
      expect(await engine.history(other.reservationId, options)).toHaveLength(2);
    }
  });

  test('creates as ever', async () => {
    const { engine, bobs } = await createBoth();
    expect(await engine.create(REQUEST, { ...OWN, idempotencyKey: 'k' })).toMatchObject({
      reservation: bobs,
      replayed: true,
    });
  });

  test.each(['get', 'findByKey', 'findByTransaction', 'history'] as const)(
    'an unknown visibility is refused by %s',
    async (name) => {
      const { engine } = createEngineFixture();
      const options = { visibility: 'mine' as 'own' };
      await expect(engine[name]('x', options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      await expect(engine.list({}, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    },
  );
});

describe('the history of a reservation', () => {
  test('is its events in order, as a follower gets them', async () => {
    const { engine } = createEngineFixture();
    const about = { reference: 'order-1', metadata: { shop: 'Berlin' } };
    const result = await engine.create({ ...REQUEST, ...about });
    if (result.kind !== 'reservation') throw new Error(result.kind);
    const { reservationId, amountMinor, currency, decimals } = result.reservation;
    const facts = { kind: 'reservation', reservationId, userId: 'u1', money: { amountMinor, currency, decimals } };
    expect(await engine.history(reservationId)).toMatchObject([
      { ...facts, version: 1, reference: 'order-1', event: { type: 'RESERVATION_CREATED', data: about } },
      { ...facts, version: 2, reference: 'order-1', event: { type: 'RESERVATION_CONFIRMED' } },
    ]);
  });

  test('is whole, also when it is longer than a page of the store', async () => {
    const store = createMemoryStore();
    const { readStream } = store.events;
    store.events.readStream = async (stream, { after, limit }) => {
      const [created, ...rest] = await readStream(stream, { after: 0, limit });
      const events = created === undefined ? [] : [...Array.from({ length: 1_200 }, () => created), ...rest];
      return events.map((event, index) => ({ ...event, version: index + 1 })).slice(after, after + limit);
    };
    const { engine, create } = createEngineFixture({ store });
    const { reservationId } = await create();
    const versions = (await engine.history(reservationId))?.map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
  });

  test.each(['RES-none', 'RES-019b0000-0000-7000-8000-000000000001'])('of %s is null', async (id) => {
    expect(await createEngineFixture().engine.history(id)).toBeNull();
  });
});
