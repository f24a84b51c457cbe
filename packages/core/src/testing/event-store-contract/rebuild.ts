import assert from 'node:assert/strict';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { REBUILD_PATIENCE_MAX_MS, REBUILD_ROWS_MAX } from '../../ports/view-rebuild.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../builders.ts';
import { appended, onStore, oneTo, onTwoStores, type StoreContractCase } from './case.ts';
import { advance, assertSuperseded, begin, madeFromLog, shownBy, switchAfter } from './rebuild-parts.ts';

const building: readonly StoreContractCase[] = [
  onStore('a rebuilt view shows the rows that were put, and no other', async (store) => {
    for (const n of [1, 2]) {
      const damaged = exampleSummary(exampleId(n), { stage: 'failed', userId: 'nobody', version: 7 });
      const inlineWrites = { ...NOTHING_ALONGSIDE, summary: damaged };
      await appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
    }
    const stray = exampleSummary(exampleId(9), { userId: 'nobody' });
    const inlineWrites = { ...NOTHING_ALONGSIDE, summary: stray };
    await appended(store, exampleAppend(exampleId(3), { events: [exampleEvent(3)], inlineWrites }));
    const rebuild = await begin(store);
    const rows = await madeFromLog(store);
    await rebuild.put(rows);
    assert.deepEqual(await rebuild.switchOver(switchAfter(3)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), rows);
    assert.equal(await store.view.find(stray.reservationId), null);
  }),

  onStore('every field of a rebuilt row comes back exactly', async (store) => {
    const variants: readonly Partial<ReservationSummary>[] = [
      { amountMinor: 999_999_999_999_999, currency: 'KWD', decimals: 3, userId: 'Grüße 🎫 "\' \\ %' },
      { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-1', message: 'ok\nnext line' },
      { stage: 'failed', status: 'RESERVATION_FAILED', failureReason: 'declined', message: '' },
      { stage: 'escalated', answeredAs: 'failed', status: 'RESERVATION_FAILED', transactionId: '🧾', version: 1_000 },
      { amountMinor: 1, currency: 'JPY', decimals: 0, message: 'ä'.repeat(10_000) },
    ];
    const rows = variants.map((variant, index) => exampleSummary(exampleId(index + 1), variant));
    const rebuild = await begin(store);
    await rebuild.put(rows);
    assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), rows);
  }),

  onStore('of two rows of a reservation the one with the higher version stays, whatever came first', async (store) => {
    const rebuild = await begin(store);
    const older = exampleSummary(exampleId(1), { version: 1, message: 'older' });
    const newer = exampleSummary(exampleId(1), { version: 2, message: 'newer' });
    const first = exampleSummary(exampleId(2), { version: 2, message: 'first' });
    await rebuild.put([older, first]);
    await rebuild.put([newer, { ...first, message: 'again' }]);
    await rebuild.put([older]);
    assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), [newer, first]);
  }),

  onStore('until the switch the view shows what it showed, and every append', async (store) => {
    for (const n of oneTo(3)) await advance(store, n);
    const rebuild = await begin(store);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
    await rebuild.put([exampleSummary(exampleId(1), { version: 9, message: 'not yet' })]);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
    await advance(store, 1, 11);
    await advance(store, 4);
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('batches, positions and patience without bounds are refused', async (store) => {
    const rebuild = await begin(store);
    const rows = oneTo(REBUILD_ROWS_MAX + 1).map((n) => exampleSummary(exampleId(n)));
    await assert.rejects(rebuild.put(rows));
    await rebuild.put(rows.slice(1));
    await rebuild.put([]);
    for (const after of [-1, 0.5]) await assert.rejects(rebuild.switchOver(switchAfter(after)));
    for (const patienceMs of [0, 1.5, REBUILD_PATIENCE_MAX_MS + 1]) {
      await assert.rejects(rebuild.switchOver({ ...switchAfter(0), patienceMs }));
    }
    assert.deepEqual(await shownBy(store), []);
  }),
];

const ending: readonly StoreContractCase[] = [
  onStore('a later rebuild supersedes one that is under way, whose rows nobody sees', async (store) => {
    await advance(store, 1);
    const first = await begin(store);
    await first.put([exampleSummary(exampleId(2), { message: 'of the first' })]);
    const second = await begin(store, 'rebuild-2');
    await assertSuperseded(first.put([exampleSummary(exampleId(3))]));
    await assertSuperseded(first.switchOver(switchAfter(0)));
    await first.abandon();
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
    assert.deepEqual(await second.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('a rebuild that was abandoned shows nothing, and another may begin', async (store) => {
    await advance(store, 1);
    const abandoned = await begin(store);
    await abandoned.put(oneTo(REBUILD_ROWS_MAX).map((n) => exampleSummary(exampleId(n), { version: 9 })));
    await abandoned.put([exampleSummary(exampleId(REBUILD_ROWS_MAX + 1), { version: 9 })]);
    await abandoned.abandon();
    await abandoned.abandon();
    await assertSuperseded(abandoned.put([exampleSummary(exampleId(1))]));
    await assertSuperseded(abandoned.switchOver(switchAfter(0)));
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
    const next = await begin(store, 'rebuild-2');
    assert.deepEqual(await next.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('a rebuild that has switched is over', async (store) => {
    await advance(store, 1);
    const rebuild = await begin(store);
    assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
    await assertSuperseded(rebuild.put([exampleSummary(exampleId(2))]));
    await assertSuperseded(rebuild.switchOver(switchAfter(0)));
    await rebuild.abandon();
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onTwoStores('a rebuild by another server supersedes one that is under way', async (one, other) => {
    await advance(one, 1);
    const first = await begin(one);
    await first.put(oneTo(REBUILD_ROWS_MAX).map((n) => exampleSummary(exampleId(n))));
    const second = await begin(other, 'rebuild-2');
    await assertSuperseded(first.put([exampleSummary(exampleId(1), { version: 9 })]));
    await assertSuperseded(first.switchOver(switchAfter(0)));
    await first.abandon();
    assert.deepEqual(await second.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(one), await madeFromLog(one));
  }),
];

/** How a new version of the view is built beside the one that is shown, and how that ends without a switch. */
export const rebuildCases: readonly StoreContractCase[] = [...building, ...ending];
