import { expect, test } from 'vitest';
import { createEngineFixture, REQUEST } from './engine-fixture.ts';

const ID = 'RES-019b0000-0000-7000-8000-000000000001';

test.each(['', 'two words', 'ä', 'x'.repeat(256)])('no use case of the engine takes the caller %j', async (caller) => {
  const { engine } = createEngineFixture();
  const wrong = { caller };
  const calls = [
    engine.create(REQUEST, wrong),
    engine.get(ID, wrong),
    engine.findByKey('key', wrong),
    engine.findByTransaction('TXN-1', wrong),
    engine.list({}, wrong),
  ];
  const expected = {
    status: 'rejected',
    reason: { code: 'INVALID_OPTION', message: expect.stringMatching(/^caller: /) },
  };
  expect(await Promise.allSettled(calls)).toMatchObject(calls.map(() => expected));
  expect(await engine.list()).toEqual({ reservations: [], next: null });
});

test('the events of a reservation name its caller, "anonymous" when there is none', async () => {
  const { create, store } = createEngineFixture();
  await create({ caller: 'user:7' });
  await create();
  const events = await store.events.readAll({ after: 0, limit: 10 });
  expect(events.map(({ metadata }) => metadata.caller)).toEqual(['user:7', 'user:7', 'anonymous', 'anonymous']);
});

test('a caller restricts nothing yet: every caller reads the reservation', async () => {
  const { engine, create } = createEngineFixture();
  const mine = await create({ caller: 'user:7' });
  expect(await engine.get(mine.reservationId, { caller: 'user:8' })).toEqual(mine);
  expect(await engine.list({}, { caller: 'user:8' })).toEqual({ reservations: [mine], next: null });
});
