import assert from 'node:assert/strict';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type ListKey, type ListRequest, PAGE_LIMIT_MAX } from '../../ports/reservation-view.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../builders.ts';
import { appended, onReopenedStore, onStore, oneTo, onTwoStores, type StoreContractCase } from './case.ts';

const id = exampleId(1);
const everything: ListRequest = { by: null, order: 'asc', after: null, limit: 10 };
const ORDERS = ['asc', 'desc'] as const;

/** Writes the row beside the first event of its reservation. */
export async function show(store: ReservationStore, summary: ReservationSummary): Promise<void> {
  await appended(store, exampleAppend(summary.reservationId, { inlineWrites: { ...NOTHING_ALONGSIDE, summary } }));
}

/** The n-th of twelve: users a and b in turns, every third one confirmed, callers and references in turns, too. */
function rowOf(n: number): ReservationSummary {
  return exampleSummary(exampleId(n), {
    userId: n % 2 === 0 ? 'a' : 'b',
    caller: n % 4 === 0 ? 'anonymous' : `shop-${n % 4}`,
    reference: n % 3 === 1 ? null : `order-${n % 5}`,
    ...(n % 3 === 0 ? { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId: `TXN-${n % 6}` } : {}),
  });
}

/** Twelve reservations, appended in no order. */
export async function showTwelve(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const rows = oneTo(12).map(rowOf);
  for (const row of rows.toSorted((a, b) => a.reservationId.slice(-1).localeCompare(b.reservationId.slice(-1)) * -1)) {
    await show(store, row);
  }
  return rows;
}

/** Values of each field that some of the twelve have, and others that look like them. */
const KEYS: readonly (ListKey | null)[] = [
  null,
  ...(['confirmed', 'processing', 'escalated'] as const).map((value) => ({ field: 'stage', value }) as const),
  ...['a', 'b', 'A', ''].map((value) => ({ field: 'userId', value }) as const),
  ...['shop-1', 'shop-3', 'Shop-1', 'shop', ''].map((value) => ({ field: 'caller', value }) as const),
  ...['order-0', 'order-2', 'ORDER-2', 'order-', 'null', ''].map((value) => ({ field: 'reference', value }) as const),
  ...['TXN-0', 'TXN-3', 'txn-3', 'TXN-', 'null', ''].map((value) => ({ field: 'transactionId', value }) as const),
];

/** Those that have the key, in the order. */
function having(
  rows: readonly ReservationSummary[],
  { by, order }: Pick<ListRequest, 'by' | 'order'>,
): readonly ReservationSummary[] {
  const found = rows.filter((row) => by === null || row[by.field] === by.value);
  return order === 'asc' ? found : found.toReversed();
}

/** Every page of a listing. */
async function pages(store: ReservationStore, request: ListRequest): Promise<(readonly ReservationSummary[])[]> {
  const found = [];
  let { after } = request;
  for (;;) {
    const page = await store.view.list({ ...request, after });
    found.push(page.reservations);
    if (page.next === null) return found;
    assert.equal(page.reservations.length, request.limit, 'a page that has a next one is full');
    const isBehind = after === null || (request.order === 'asc' ? page.next > after : page.next < after);
    assert(isBehind, 'the next page starts behind this one');
    after = page.next;
  }
}

const orders: readonly StoreContractCase[] = [
  onStore(
    'reservations are listed in ascending or descending order of their ids, which is not the order of appends',
    async (store) => {
      const all = await showTwelve(store);
      for (const order of ORDERS) {
        const page = await store.view.list({ ...everything, order, limit: PAGE_LIMIT_MAX });
        assert.deepEqual(page, { reservations: having(all, { by: null, order }), next: null });
      }
    },
  ),

  onStore('pages of every size that follow each other make up the whole listing, in both orders', async (store) => {
    const all = await showTwelve(store);
    for (const order of ORDERS) {
      for (const limit of oneTo(13)) {
        const found = await pages(store, { ...everything, order, limit });
        assert.deepEqual(found.flat(), having(all, { by: null, order }));
        assert.equal(found.length, Math.ceil(all.length / limit), `the last page of ${limit} says that it is the last`);
      }
    }
  }),

  onStore('a listing keeps to its stage, user, caller, reference or transaction, on every page', async (store) => {
    const all = await showTwelve(store);
    for (const by of KEYS) {
      for (const order of ORDERS) {
        for (const limit of [1, 2, 3, 100]) {
          const found = await pages(store, { ...everything, by, order, limit });
          assert.deepEqual(found.flat(), having(all, { by, order }), JSON.stringify(by));
        }
      }
    }
  }),

  onStore('a page begins behind any id, also one that no reservation has', async (store) => {
    const all = (await showTwelve(store)).filter(({ userId }) => userId === 'a');
    for (const n of [0, 1, 2, 7, 12, 13]) {
      for (const order of ORDERS) {
        const page = { ...everything, by: { field: 'userId', value: 'a' }, order, after: exampleId(n) } as const;
        const behind = all.filter(({ reservationId: each }) =>
          order === 'asc' ? each > page.after : each < page.after,
        );
        assert.deepEqual((await store.view.list(page)).reservations, having(behind, page));
      }
    }
  }),
];

/** Rows between two that have the key: more than any page holds. */
const GAP = PAGE_LIMIT_MAX + 25;

const rare: readonly StoreContractCase[] = [
  onStore('what few reservations of many have is on one page, in both orders', async (store) => {
    const about = { userId: 'rare', caller: 'rare', reference: 'rare', transactionId: 'TXN-rare' };
    const others = { userId: 'many', caller: 'many', reference: 'many', transactionId: 'TXN-many' };
    const all = oneTo(2 * GAP + 1).map((n) =>
      exampleSummary(exampleId(n), n % GAP === 1 ? { ...about, stage: 'escalated' } : others),
    );
    await Promise.all(all.map((row) => show(store, row)));
    const few = all.filter(({ stage }) => stage === 'escalated');
    assert.equal(few.length, 3);
    const keys = [['stage', 'escalated'], ...Object.entries(about)].map(
      ([field, value]) => ({ field, value }) as ListKey,
    );
    for (const by of keys) {
      for (const order of ORDERS) {
        const [first, second, third] = having(few, { by, order });
        const page = await store.view.list({ ...everything, by, order });
        assert.deepEqual(page, { reservations: [first, second, third], next: null }, JSON.stringify(by));
        const start = await store.view.list({ ...everything, by, order, limit: 2 });
        assert.deepEqual(start, { reservations: [first, second], next: second?.reservationId }, JSON.stringify(by));
        const rest = await store.view.list({ ...everything, by, order, limit: 2, after: start.next });
        assert.deepEqual(rest, { reservations: [third], next: null }, JSON.stringify(by));
      }
    }
  }),
];

/** Writes the rows of new reservations between the pages of a listing; returns what the pages held. */
async function listWhile(
  store: ReservationStore,
  request: ListRequest,
  inserted: readonly ReservationSummary[],
): Promise<readonly string[]> {
  const waiting = [...inserted];
  const found: string[] = [];
  let after = request.after;
  do {
    const page = await store.view.list({ ...request, after });
    found.push(...page.reservations.map(({ reservationId }) => reservationId));
    after = page.next;
    const next = waiting.shift();
    if (next !== undefined) await show(store, next);
  } while (after !== null);
  return found;
}

const changes: readonly StoreContractCase[] = [
  onStore(
    'what is made between two pages is not on those of older reservations, nor takes one from them',
    async (store) => {
      const about = { userId: 'a', caller: 'shop', reference: 'order', transactionId: 'TXN' };
      const made = oneTo(20).map((n) => exampleSummary(exampleId(n), about));
      const older = made.slice(0, 10);
      for (const row of older) await show(store, row);
      const keys = [
        null,
        { field: 'stage', value: 'processing' },
        ...Object.entries(about).map(([field, value]) => ({ field, value })),
      ];
      let later = 10;
      for (const by of keys as (ListKey | null)[]) {
        const shown = made.slice(0, later);
        const request = { ...everything, by, order: 'desc', limit: 3 } as const;
        const ids = shown.map(({ reservationId }) => reservationId).toReversed();
        assert.deepEqual(await listWhile(store, request, made.slice(later, later + 1)), ids);
        later += 1;
      }
      const rest = made.slice(later);
      const forwards = await listWhile(store, { ...everything, limit: 3 }, rest);
      assert.deepEqual(
        forwards,
        made.map(({ reservationId }) => reservationId),
      );
    },
  ),

  onStore('a reservation moves from one stage of the listing to the other', async (store) => {
    await show(store, exampleSummary(id));
    const failed = exampleSummary(id, { stage: 'failed', failureReason: 'declined', version: 2 });
    const append = exampleAppend(id, { expected: 1, events: [exampleEvent(2)] });
    await appended(store, { ...append, inlineWrites: { ...NOTHING_ALONGSIDE, summary: failed } });
    for (const order of ORDERS) {
      const inStage = async (stage: 'processing' | 'failed') =>
        (await store.view.list({ ...everything, by: { field: 'stage', value: stage }, order })).reservations;
      assert.deepEqual(await inStage('processing'), []);
      assert.deepEqual(await inStage('failed'), [failed]);
    }
  }),

  onTwoStores('a listing shows what was appended through the other store', async (one, other) => {
    const row = exampleSummary(id, { caller: 'shop', reference: 'order-1' });
    await show(one, row);
    for (const by of [null, { field: 'caller', value: 'shop' }, { field: 'reference', value: 'order-1' }] as const) {
      assert.deepEqual(await other.view.list({ ...everything, by }), { reservations: [row], next: null });
    }
  }),

  onReopenedStore(
    'listings are the same after a store was closed and opened',
    async (store) => void (await showTwelve(store)),
    async (store) => {
      const all = oneTo(12).map(rowOf);
      for (const by of KEYS) {
        for (const order of ORDERS) {
          const { reservations } = await store.view.list({ ...everything, by, order, limit: 100 });
          assert.deepEqual(reservations, having(all, { by, order }), JSON.stringify(by));
        }
      }
    },
  ),
];

const refused: readonly StoreContractCase[] = [
  onStore('a page that is too small or too large is refused', async (store) => {
    for (const limit of [0, -1, 1.5, PAGE_LIMIT_MAX + 1]) {
      await assert.rejects(store.view.list({ ...everything, limit }));
    }
  }),

  onStore('a listing by the anonymous caller is refused: no index has its reservations', async (store) => {
    await show(store, exampleSummary(id));
    await assert.rejects(store.view.list({ ...everything, by: { field: 'caller', value: 'anonymous' } }));
  }),
];

/** What pages of the view hold. */
export const listingCases: readonly StoreContractCase[] = [...orders, ...rare, ...changes, ...refused];
