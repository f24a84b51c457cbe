import assert from 'node:assert/strict';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { REPAIR_ROWS_MAX } from '../../ports/admin/view-repair.ts';
import type { ListRequest } from '../../ports/reservation-view.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../builders.ts';
import { appended, onStore, oneTo, onTwoStores, type StoreContractCase, wholeLog } from './case.ts';
import { advance, madeFromLog, shownBy } from './repair-parts.ts';

/** Appends one event to a new stream with any row, or none: what a damaged view looks like. */
async function damage(store: ReservationStore, n: number, summary: ReservationSummary | null): Promise<void> {
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary };
  await appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
}

const everything: ListRequest = { by: null, order: 'asc', after: null, limit: 10 };

const putting: readonly StoreContractCase[] = [
  onStore('a row that differs from its stream is replaced, whatever it says', async (store) => {
    const damaged = {
      stage: 'failed',
      userId: 'user_other',
      transactionId: 'TXN-other',
      caller: 'other',
      reference: 'other',
    } as const;
    await damage(store, 1, exampleSummary(exampleId(1), damaged));
    await damage(store, 2, exampleSummary(exampleId(2), { ...damaged, version: 7 }));
    await damage(store, 3, null);
    await advance(store, 4);
    const rows = await madeFromLog(store);
    assert.equal(await store.repair.put(rows), 3);
    assert.deepEqual(await shownBy(store), rows);
    const others = await store.view.list({ ...everything, by: { field: 'userId', value: 'user_other' } });
    assert.deepEqual(others.reservations, []);
    for (const field of ['caller', 'reference'] as const) {
      const found = await store.view.list({ ...everything, by: { field, value: 'other' } });
      assert.deepEqual(found.reservations, [], `no row has the ${field} any more`);
    }
    assert.deepEqual(await store.view.findByTransaction('TXN-other'), []);
  }),

  onStore('every field of a repaired row comes back exactly', async (store) => {
    const variants: readonly Partial<ReservationSummary>[] = [
      { amountMinor: 999_999_999_999_999, currency: 'KWD', decimals: 3, userId: 'Grüße 🎫 "\' \\ %' },
      { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-1', message: 'ok\nnext line' },
      { stage: 'failed', status: 'RESERVATION_FAILED', failureReason: 'declined', message: '' },
      { stage: 'escalated', answeredAs: 'failed', status: 'RESERVATION_FAILED', transactionId: '🧾' },
      { amountMinor: 1, currency: 'JPY', decimals: 0, message: 'ä'.repeat(10_000) },
      { caller: '~tenant:"7"', reference: '🧾'.repeat(255) },
    ];
    const rows = variants.map((variant, index) => exampleSummary(exampleId(index + 1), variant));
    for (const [index] of rows.entries()) await damage(store, index + 1, null);
    assert.equal(await store.repair.put(rows), rows.length);
    assert.deepEqual(await shownBy(store), rows);
  }),

  onStore('rows that are right are neither written nor counted', async (store) => {
    for (const n of oneTo(3)) await advance(store, n);
    const before = await wholeLog(store);
    assert.equal(await store.repair.put(await madeFromLog(store)), 0);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
    assert.deepEqual(await wholeLog(store), before);
  }),

  onStore('a row of an earlier version is left out, since a later append has written it', async (store) => {
    for (const n of oneTo(3)) await advance(store, n);
    const earlier = (await madeFromLog(store)).map((row) => ({ ...row, message: 'earlier' }));
    await advance(store, 1, 11);
    await advance(store, 3, 13);
    const [, second] = earlier;
    assert.equal(await store.repair.put(earlier), 1);
    const made = await madeFromLog(store);
    assert.deepEqual(await shownBy(store), [made[0], second, made[2]]);
  }),

  onStore('a row of a later version, or of no stream, is left out', async (store) => {
    await advance(store, 1);
    const rows = [exampleSummary(exampleId(1), { version: 2 }), exampleSummary(exampleId(2), { version: 1 })];
    assert.equal(await store.repair.put(rows), 0);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('batches and pages without bounds are refused', async (store) => {
    const rows = oneTo(REPAIR_ROWS_MAX + 1).map((n) => exampleSummary(exampleId(n)));
    await assert.rejects(store.repair.put(rows));
    assert.equal(await store.repair.put(rows.slice(1)), 0);
    assert.equal(await store.repair.put([]), 0);
    for (const limit of [0, 1.5, REPAIR_ROWS_MAX + 1]) {
      await assert.rejects(store.repair.removeOrphans({ after: null, limit }));
    }
    assert.deepEqual(await shownBy(store), []);
  }),
];

const removing: readonly StoreContractCase[] = [
  onStore('rows without a stream are removed page by page, and no other', async (store) => {
    for (const n of [1, 3, 5]) await advance(store, n);
    // The row of another reservation than the stream's.
    for (const [n, orphan] of [
      [7, 2],
      [8, 4],
      [9, 6],
    ] as const) {
      await damage(store, n, exampleSummary(exampleId(orphan), { transactionId: 'TXN-orphan' }));
    }
    const removed: number[] = [];
    let after: string | null = null;
    // Three pages, and one more for a store that does not end.
    for (const _ of oneTo(4)) {
      const page = await store.repair.removeOrphans({ after, limit: 2 });
      removed.push(page.removed);
      after = page.next;
      if (after === null) break;
    }
    assert.deepEqual(removed, [1, 1, 1]);
    assert.deepEqual(
      (await shownBy(store)).map((row) => row.reservationId),
      [1, 3, 5].map((n) => exampleId(n)),
    );
    assert.deepEqual(await store.view.findByTransaction('TXN-orphan'), []);
    assert.deepEqual(await store.repair.removeOrphans({ after: null, limit: 2 }), { removed: 0, next: exampleId(3) });
  }),

  onStore('a page of an empty view is the last one', async (store) => {
    assert.deepEqual(await store.repair.removeOrphans({ after: null, limit: 1 }), { removed: 0, next: null });
  }),
];

const beside: readonly StoreContractCase[] = [
  onStore('appends during a repair are in the view', async (store) => {
    for (const n of oneTo(20)) await advance(store, n);
    const rows = await madeFromLog(store);
    await Promise.all([
      ...oneTo(20).map((n) => advance(store, n, 100 + n)),
      store.repair.put(rows),
      store.repair.removeOrphans({ after: null, limit: REPAIR_ROWS_MAX }),
      ...oneTo(20).map((n) => advance(store, 20 + n)),
    ]);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onTwoStores('no append of another server is overwritten, and no row is missing meanwhile', async (one, other) => {
    for (const n of oneTo(10)) await advance(one, n);
    for (const round of oneTo(5)) {
      const rows = (await madeFromLog(other)).map((row) => ({ ...row, message: `repaired in round ${round}` }));
      const work = oneTo(10).map(async (n) => {
        await advance(one, n, round * 100 + n);
        assert.notEqual(await one.view.find(exampleId(n)), null, 'what was acknowledged is shown');
      });
      await Promise.all([other.repair.put(rows), ...work]);
      const made = await madeFromLog(one);
      assert.deepEqual(await shownBy(one), made);
      assert.deepEqual(await shownBy(other), made);
    }
  }),
];

/** How the view is corrected in place, while appends go on. */
export const repairCases: readonly StoreContractCase[] = [...putting, ...removing, ...beside];
