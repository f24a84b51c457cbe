import { describe, expect, test } from 'vitest';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture, REQUEST } from '../engine-fixture.ts';
import { type FindConditions, findReservations, type FindOptions } from './find-reservations.ts';

interface Filled {
  readonly store: ReservationStore;
  readonly made: readonly ReservationSummary[];
}

/** Six reservations: of ada and bob in turns, every third one of the shop, with a key and a reference each. */
async function filled(): Promise<Filled> {
  const { engine, store, gateway } = createEngineFixture();
  gateway.script(({ userId }) =>
    userId === 'bob'
      ? { kind: 'declined', message: 'no' }
      : { kind: 'approved', transactionId: `TXN-${userId}`, message: '' },
  );
  const made: ReservationSummary[] = [];
  for (let n = 1; n <= 6; n += 1) {
    const about = { userId: n % 2 === 0 ? 'bob' : 'ada', reference: `order-${n % 4}` };
    const options = { idempotencyKey: `key-${n % 3}-${n}`, ...(n % 3 === 0 ? { caller: 'shop' } : {}) };
    const result = await engine.create({ ...REQUEST, ...about }, options);
    if (result.kind !== 'reservation') throw new Error(result.kind);
    made.push(result.reservation);
  }
  return { store, made };
}

async function numbers(
  { store, made }: Filled,
  conditions: FindConditions,
  options: FindOptions = {},
): Promise<readonly number[]> {
  const { reservations } = await findReservations(store, conditions, options);
  return reservations.map(({ reservationId }) => made.findIndex((each) => each.reservationId === reservationId) + 1);
}

describe('an operator finds reservations', () => {
  test.each([
    [{}, [1, 2, 3, 4, 5, 6]],
    [{ userId: 'ada' }, [1, 3, 5]],
    [{ reference: 'order-1' }, [1, 5]],
    [{ reference: 'order-2', userId: 'bob' }, [2, 6]],
    [{ reference: 'order' }, []],
    [{ status: 'RESERVATION_FAILED' }, [2, 4, 6]],
    [{ transactionId: 'TXN-ada' }, [1, 3, 5]],
    [{ madeBy: 'shop' }, [3, 6]],
    [{ madeBy: 'shop', status: 'RESERVATION_CONFIRMED' }, [3]],
    [{ madeBy: 'anonymous', userId: 'ada' }, [1, 5]],
    [{ idempotencyKey: 'key-1-1' }, [1]],
    [{ idempotencyKey: 'key-0-3' }, []],
    [{ idempotencyKey: 'key-0-3', madeBy: 'shop' }, [3]],
    [{ idempotencyKey: 'key-0-3', madeBy: 'shop', userId: 'bob' }, []],
    [{ idempotencyKey: 'key-0-3', madeBy: 'shop', userId: 'ada' }, [3]],
  ] as const)('that meet %j, in both orders', async (conditions, expected) => {
    const all = await filled();
    expect(await numbers(all, conditions)).toEqual(expected);
    expect(await numbers(all, conditions, { order: 'desc' })).toEqual(expected.toReversed());
  });

  test('as many as asked for, and is told whether there are more', async () => {
    const all = await filled();
    const found = async (limit: number): Promise<readonly [number, boolean]> => {
      const { reservations, hasMore } = await findReservations(all.store, { userId: 'ada' }, { limit });
      return [reservations.length, hasMore];
    };
    expect(await Promise.all([1, 2, 3, 4].map(found))).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [3, false],
    ]);
    expect(await numbers(all, {}, { order: 'desc', limit: 2 })).toEqual([6, 5]);
  });

  test('over more pages than one', async () => {
    const { engine, store } = createEngineFixture();
    for (let n = 0; n < 450; n += 1) await engine.create({ ...REQUEST, userId: 'ada' });
    for (const [limit, hasMore] of [
      [449, true],
      [450, false],
      [1_000, false],
    ] as const) {
      const found = await findReservations(store, { userId: 'ada' }, { limit, order: 'desc' });
      expect([found.reservations.length, found.hasMore]).toEqual([Math.min(450, limit), hasMore]);
    }
  });

  test.each([
    [{ madeBy: 'two words' }, {}, 'caller'],
    [{ status: 'FAILED' as 'RESERVATION_FAILED' }, {}, 'status'],
    [{ idempotencyKey: '' }, {}, 'idempotencyKey'],
    [{}, { order: 'newest' as 'desc' }, 'order'],
    [{}, { limit: 0 }, 'limit'],
    [{}, { limit: 10_001 }, 'limit'],
  ])('and what cannot be is refused: %j %j', async (conditions, options, name) => {
    const { store } = createEngineFixture();
    await expect(findReservations(store, conditions, options)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(new RegExp(`^${name}: `)),
    });
  });
});
