import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../adapters/memory/index.ts';
import type { ReservationStatus, ReservationSummary } from '../domain/reservation/summary.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { ReservationView } from '../ports/reservation-view.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../testing/builders.ts';
import { createEngineFixture } from './engine-fixture.ts';
import { listReservations, type ReservationListFilter, ROWS_EXAMINED_MAX } from './list-reservations.ts';

const EVERYONE = { caller: 'anonymous', isRestricted: false };

/** Every combination of stage and status that a reservation can have, with callers, users and references in turns. */
const STATES: readonly Partial<ReservationSummary>[] = [
  { stage: 'processing', status: 'RESERVATION_CREATED' },
  { stage: 'unresolved', status: 'RESERVATION_CREATED', answeredAs: 'pending' },
  { stage: 'unresolved', status: 'RESERVATION_FAILED', answeredAs: 'failed' },
  { stage: 'escalated', status: 'RESERVATION_CREATED', answeredAs: 'pending' },
  { stage: 'escalated', status: 'RESERVATION_FAILED', answeredAs: 'failed', transactionId: 'TXN-0' },
  { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-1' },
  { stage: 'failed', status: 'RESERVATION_FAILED', failureReason: 'declined' },
];

function rowOf(n: number): ReservationSummary {
  return exampleSummary(exampleId(n), {
    ...STATES[n % STATES.length],
    userId: n % 2 === 0 ? 'a' : 'b',
    caller: n % 3 === 0 ? 'shop' : 'anonymous',
    reference: n % 5 === 0 ? null : `order-${n % 5}`,
  });
}

async function show(store: ReservationStore, summary: ReservationSummary, n: number): Promise<void> {
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary };
  await store.events.append(exampleAppend(summary.reservationId, { events: [exampleEvent(n)], inlineWrites }));
}

async function storeOf(rows: readonly ReservationSummary[]): Promise<ReservationStore> {
  const store = createMemoryStore();
  for (const [index, row] of rows.entries()) await show(store, row, index + 1);
  return store;
}

const ROWS = Array.from({ length: 210 }, (_, index) => rowOf(index + 1));

/** Every page of a listing, and the rows that the view returned for the largest of them. */
async function pages(
  view: ReservationView,
  filter: ReservationListFilter & { readonly limit: number },
  reader = EVERYONE,
): Promise<{ readonly ids: readonly string[]; readonly pages: number; readonly examinedMax: number }> {
  const ids: string[] = [];
  let examinedMax = 0;
  for (let [count, after] = [1, filter.after ?? null]; ; count += 1) {
    let examined = 0;
    const list: ReservationView['list'] = async (request) => {
      const page = await view.list(request);
      examined += page.reservations.length;
      return page;
    };
    const page = await listReservations({ ...view, list }, { ...filter, after }, reader);
    examinedMax = Math.max(examinedMax, examined);
    expect(page.reservations.length).toBeLessThanOrEqual(filter.limit);
    ids.push(...page.reservations.map(({ reservationId }) => reservationId));
    if (page.next === null) return { ids, pages: count, examinedMax };
    expect(after === null || (filter.order === 'desc' ? page.next < after : page.next > after)).toBe(true);
    after = page.next;
  }
}

type Wanted = Required<
  Pick<ReservationListFilter, 'userId' | 'stage' | 'status' | 'caller' | 'reference' | 'transactionId'>
>;

const STATUSES: readonly ReservationStatus[] = ['RESERVATION_CREATED', 'RESERVATION_CONFIRMED', 'RESERVATION_FAILED'];

const COMBINATIONS: readonly Wanted[] = [null, 'a'].flatMap((userId) =>
  ([null, 'unresolved', 'confirmed'] as const).flatMap((stage) =>
    [null, ...STATUSES].flatMap((status) =>
      [null, 'shop'].flatMap((caller) =>
        [null, 'order-1'].flatMap((reference) =>
          [null, 'TXN-1'].map((transactionId) => ({ userId, stage, status, caller, reference, transactionId })),
        ),
      ),
    ),
  ),
);

function matching(wanted: Wanted): readonly string[] {
  const conditions = Object.entries(wanted).filter(([, value]) => value !== null);
  return ROWS.filter((row) => conditions.every(([field, value]) => row[field as keyof Wanted] === value)).map(
    ({ reservationId }) => reservationId,
  );
}

describe('a listing', () => {
  test('has exactly what meets all of its conditions, in both orders, on pages of every size', async () => {
    const { view } = await storeOf(ROWS);
    for (const wanted of COMBINATIONS) {
      for (const limit of [1, 7, 200]) {
        const expected = matching(wanted);
        expect((await pages(view, { ...wanted, limit })).ids, JSON.stringify(wanted)).toEqual(expected);
        const newest = await pages(view, { ...wanted, limit, order: 'desc' });
        expect(newest.ids, JSON.stringify(wanted)).toEqual(expected.toReversed());
      }
    }
  });

  test('of one caller has what that caller made, whichever caller is asked for', async () => {
    const { view } = await storeOf(ROWS);
    const shop = { caller: 'shop', isRestricted: true };
    const own = ROWS.filter(({ caller }) => caller === 'shop').map(({ reservationId }) => reservationId);
    expect((await pages(view, { limit: 7 }, shop)).ids).toEqual(own);
    expect((await pages(view, { limit: 7, caller: 'anonymous' }, shop)).ids).toEqual([]);
    const charged = ROWS.filter(({ caller, transactionId }) => caller === 'shop' && transactionId === 'TXN-1');
    expect((await pages(view, { limit: 1, transactionId: 'TXN-1' }, shop)).ids).toEqual(
      charged.map(({ reservationId }) => reservationId),
    );
  });

  test('reads no more than its limit when an index says all', async () => {
    const { view } = await storeOf(ROWS);
    for (const wanted of [
      {},
      { userId: 'a' },
      { stage: 'failed' },
      { status: 'RESERVATION_CONFIRMED' },
      { caller: 'shop' },
      { reference: 'order-1' },
      { transactionId: 'TXN-1' },
    ] as const) {
      for (const order of ['asc', 'desc'] as const) {
        expect((await pages(view, { ...wanted, order, limit: 3 })).examinedMax, JSON.stringify(wanted)).toBe(3);
      }
    }
    const shop = { caller: 'shop', isRestricted: true };
    expect((await pages(view, { limit: 3 }, shop)).examinedMax).toBe(3);
    expect((await pages(view, { limit: 3, caller: 'shop' }, shop)).examinedMax).toBe(3);
    expect((await pages(view, { limit: 3, caller: 'anonymous' }, shop)).examinedMax).toBe(0);
  });

  test.each([
    [{ reference: 'order-1', userId: 'a', status: 'RESERVATION_FAILED' }, [{ field: 'reference', value: 'order-1' }]],
    [{ userId: 'a', caller: 'shop', stage: 'failed' }, [{ field: 'userId', value: 'a' }]],
    [{ caller: 'shop', status: 'RESERVATION_FAILED' }, [{ field: 'caller', value: 'shop' }]],
    [{ caller: 'shop', stage: 'escalated' }, [{ field: 'stage', value: 'escalated' }]],
    [{ caller: 'anonymous' }, [null]],
    [{ transactionId: 'TXN-1', reference: 'order-1' }, [{ field: 'transactionId', value: 'TXN-1' }]],
    [{ status: 'RESERVATION_CONFIRMED', stage: 'failed' }, []],
  ] as const)('with the conditions %j comes by one index', async (wanted, keys) => {
    const { view } = await storeOf(ROWS);
    const asked: unknown[] = [];
    const list: ReservationView['list'] = async (request) => {
      asked.push(request.by);
      return await view.list(request);
    };
    await listReservations({ ...view, list }, { ...wanted, limit: 200 }, EVERYONE);
    expect(new Set(asked)).toEqual(new Set<unknown>(keys));
  });

  test('by status has the rows of all its stages in order, however many a stage has', async () => {
    // Long runs of one stage, so that each of the three is for a while ahead of the others and behind them.
    const stages = ['processing', 'unresolved', 'escalated'] as const;
    const rows = Array.from({ length: 1_600 }, (_, index) => {
      const stage = stages[Math.floor(index / 270) % 3] ?? 'processing';
      // A page needs more rows than one batch of a stage has, because two of three are left out.
      const status = stage === 'processing' || index % 3 === 0 ? 'RESERVATION_CREATED' : 'RESERVATION_FAILED';
      return exampleSummary(exampleId(index + 1), { stage, status });
    });
    const { view } = await storeOf(rows);
    const ids = rows.filter(({ status }) => status === 'RESERVATION_CREATED').map(({ reservationId }) => reservationId);
    for (const limit of [60, 200]) {
      const filter = { status: 'RESERVATION_CREATED', limit } as const;
      expect((await pages(view, filter)).ids).toEqual(ids);
      expect((await pages(view, { ...filter, order: 'desc' })).ids).toEqual(ids.toReversed());
    }
  });

  test('of the newest is not disturbed by what is made between two pages', async () => {
    const store = await storeOf(ROWS.slice(0, 100));
    const ids: string[] = [];
    for (let [after, n] = [null as ReservationListFilter['after'], 101]; ; n += 1) {
      const page = await listReservations(
        store.view,
        { status: 'RESERVATION_CREATED', order: 'desc', limit: 2, after: after ?? null },
        EVERYONE,
      );
      ids.push(...page.reservations.map(({ reservationId }) => reservationId));
      if (page.next === null) break;
      after = page.next;
      await show(store, rowOf(n), n);
    }
    const created = ROWS.slice(0, 100).filter(({ status }) => status === 'RESERVATION_CREATED');
    expect(ids).toEqual(created.map(({ reservationId }) => reservationId).toReversed());
  });

  test('of what is rare looks at a bounded number of rows for one page, which may be empty', async () => {
    const many = Array.from({ length: 2 * ROWS_EXAMINED_MAX + 500 }, (_, index) =>
      exampleSummary(exampleId(index + 1)),
    );
    const last = many.length;
    const rare = exampleSummary(exampleId(last + 1), {
      reference: 'order-1',
      stage: 'failed',
      status: 'RESERVATION_FAILED',
    });
    const { view } = await storeOf([...many, rare]);
    const found = await pages(view, { userId: 'user_1', status: 'RESERVATION_FAILED', limit: 10 });
    expect(found).toEqual({ ids: [exampleId(last + 1)], pages: 3, examinedMax: ROWS_EXAMINED_MAX });
    expect(await pages(view, { reference: 'order-1', limit: 10 })).toMatchObject({ pages: 1, examinedMax: 1 });
  });

  test('by status has a reservation that moves to another stage of the status between two reads', async () => {
    const store = await storeOf([rowOf(7), rowOf(14)]);
    const list: ReservationView['list'] = async (request) => {
      const page = await store.view.list(request);
      if (request.by?.value === 'processing') {
        const moved = exampleSummary(exampleId(7), { stage: 'unresolved', answeredAs: 'pending', version: 2 });
        const append = exampleAppend(moved.reservationId, { expected: 1, events: [exampleEvent(99)] });
        await store.events.append({ ...append, inlineWrites: { ...NOTHING_ALONGSIDE, summary: moved } });
      }
      return page;
    };
    const page = await listReservations(
      { ...store.view, list },
      { status: 'RESERVATION_CREATED', limit: 10 },
      EVERYONE,
    );
    expect(page.reservations.map(({ reservationId, stage }) => [reservationId, stage])).toEqual([
      [exampleId(7), 'unresolved'],
      [exampleId(14), 'processing'],
    ]);
  });

  test('in an unknown order, or on a page of no size, is refused', async () => {
    const { engine } = createEngineFixture();
    await expect(engine.list({ order: 'newest' as 'asc' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^order: expected "asc" or "desc"/),
    });
    await expect(engine.list({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});
