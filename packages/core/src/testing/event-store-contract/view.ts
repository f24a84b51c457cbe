import assert from 'node:assert/strict';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { COUNT_MAX, type ListRequest, PAGE_LIMIT_MAX } from '../../ports/reservation-view.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../builders.ts';
import { type StoreContractCase, appended, onStore, oneTo } from './case.ts';
import { listingCases, show, showTwelve } from './listing.ts';

const id = exampleId(1);
const everything: ListRequest = { by: null, order: 'asc', after: null, limit: 10 };

const rows: readonly StoreContractCase[] = [
  onStore('a reservation that does not exist is not found', async (store) => {
    assert.equal(await store.view.find(id), null);
    assert.deepEqual(await store.view.list(everything), { reservations: [], next: null });
  }),

  onStore('the view shows an append as soon as it is acknowledged', async (store) => {
    const created = exampleSummary(id);
    await show(store, created);
    assert.deepEqual(await store.view.find(id), created);
    const confirmed = exampleSummary(id, { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', version: 2 });
    const confirm = exampleAppend(id, { expected: 1, events: [exampleEvent(2)] });
    await appended(store, { ...confirm, inlineWrites: { ...NOTHING_ALONGSIDE, summary: confirmed } });
    assert.deepEqual(await store.view.find(id), confirmed);
    assert.deepEqual(await store.view.list(everything), { reservations: [confirmed], next: null });
  }),

  onStore('every field of a row comes back exactly', async (store) => {
    const variants: readonly Partial<ReservationSummary>[] = [
      { amountMinor: 999_999_999_999_999, currency: 'KWD', decimals: 3, userId: 'Grüße 🎫 "\' \\ %' },
      { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId: 'TXN-1', message: 'ok\nnext line' },
      { stage: 'failed', status: 'RESERVATION_FAILED', failureReason: 'declined', message: '' },
      { stage: 'unresolved', answeredAs: 'pending', updatedAt: '2026-01-02T03:04:05.679Z', version: 2 },
      { stage: 'escalated', answeredAs: 'failed', status: 'RESERVATION_FAILED', transactionId: '🧾', version: 1_000 },
      { amountMinor: 1, currency: 'JPY', decimals: 0, message: 'ä'.repeat(10_000) },
      { caller: '~tenant:"7"', reference: '🧾'.repeat(255), metadata: { shop: 'Köln', '"': "'" } },
      { caller: 'shop', reference: 'NULL', message: 'caller and reference' },
    ];
    const expected = variants.map((variant, index) => exampleSummary(exampleId(index + 1), variant));
    for (const row of expected) await show(store, row);
    for (const row of expected) assert.deepEqual(await store.view.find(row.reservationId), row);
    assert.deepEqual(await store.view.list(everything), { reservations: expected, next: null });
  }),

  onStore('an append without a row leaves the view as it is', async (store) => {
    await show(store, exampleSummary(id));
    await appended(store, exampleAppend(id, { expected: 1, events: [exampleEvent(2)] }));
    await appended(store, exampleAppend(exampleId(2), { events: [exampleEvent(3)] }));
    assert.deepEqual(await store.view.find(id), exampleSummary(id));
    assert.equal(await store.view.find(exampleId(2)), null);
  }),

  onStore('an append that does not hold leaves the view as it is', async (store) => {
    const shown = exampleSummary(id);
    const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
    await appended(store, exampleAppend(id, { inlineWrites: { ...NOTHING_ALONGSIDE, summary: shown, key } }));
    const summary = exampleSummary(id, { stage: 'failed', version: 2 });
    const late = exampleAppend(id, { events: [exampleEvent(2)], inlineWrites: { ...NOTHING_ALONGSIDE, summary } });
    const work = { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'nobody' } as const;
    assert.equal((await store.events.append(late)).kind, 'conflict');
    assert.equal(
      (await store.events.append({ ...late, expected: 1, inlineWrites: { ...late.inlineWrites, key } })).kind,
      'key-taken',
    );
    assert.equal(
      (await store.events.append({ ...late, expected: 1, inlineWrites: { ...late.inlineWrites, work } })).kind,
      'lease-lost',
    );
    assert.deepEqual(await store.view.find(id), shown);
  }),
];

const transactions: readonly StoreContractCase[] = [
  onStore('reservations are found by the transaction that their row shows, in the order of ids', async (store) => {
    const charged = (n: number, transactionId: string): ReservationSummary =>
      exampleSummary(exampleId(n), { stage: 'confirmed', status: 'RESERVATION_CONFIRMED', transactionId });
    const shown = [charged(3, 'TXN-1'), charged(2, 'TXN-2'), charged(1, 'TXN-1'), exampleSummary(exampleId(4))];
    for (const summary of shown) await show(store, summary);
    assert.deepEqual(await store.view.findByTransaction('TXN-1'), [shown[2], shown[0]]);
    assert.deepEqual(await store.view.findByTransaction('TXN-2'), [shown[1]]);
    for (const other of ['TXN', 'txn-1', 'TXN-1 ', '', 'null']) {
      assert.deepEqual(await store.view.findByTransaction(other), [], JSON.stringify(other));
    }
  }),

  onStore(
    'a reservation is found by its transaction from the append on that shows it, and no longer',
    async (store) => {
      await show(store, exampleSummary(id));
      assert.deepEqual(await store.view.findByTransaction('TXN-1'), []);
      const escalated = exampleSummary(id, {
        stage: 'escalated',
        answeredAs: 'failed',
        transactionId: 'TXN-1',
        version: 2,
      });
      const confirmed = exampleSummary(id, { stage: 'confirmed', transactionId: 'TXN-2', version: 3 });
      for (const [expected, summary] of [escalated, confirmed].entries()) {
        const append = exampleAppend(id, { expected: expected + 1, events: [exampleEvent(expected + 2)] });
        await appended(store, { ...append, inlineWrites: { ...NOTHING_ALONGSIDE, summary } });
        assert.deepEqual(await store.view.findByTransaction(summary.transactionId ?? ''), [summary]);
      }
      assert.deepEqual(await store.view.findByTransaction('TXN-1'), []);
    },
  ),

  onStore('a transaction of more reservations than a page holds shows the first of them', async (store) => {
    const rows = oneTo(PAGE_LIMIT_MAX + 1).map((n) => exampleSummary(exampleId(n), { transactionId: 'TXN-1' }));
    await Promise.all(rows.map((row) => show(store, row)));
    assert.deepEqual(await store.view.findByTransaction('TXN-1'), rows.slice(0, PAGE_LIMIT_MAX));
  }),
];

const counting: readonly StoreContractCase[] = [
  onStore('reservations are counted by their stage, as far as is asked', async (store) => {
    await showTwelve(store);
    assert.equal(await store.view.count({ stage: 'confirmed', max: COUNT_MAX }), 4);
    assert.equal(await store.view.count({ stage: 'processing', max: 8 }), 8);
    assert.equal(await store.view.count({ stage: 'processing', max: 7 }), 7);
    assert.equal(await store.view.count({ stage: 'escalated', max: 1 }), 0);
  }),

  onStore('a reservation is counted in one stage, from the append on that shows it there', async (store) => {
    await show(store, exampleSummary(id));
    const escalated = exampleSummary(id, { stage: 'escalated', answeredAs: 'pending', version: 2 });
    const append = exampleAppend(id, { expected: 1, events: [exampleEvent(2)] });
    await appended(store, { ...append, inlineWrites: { ...NOTHING_ALONGSIDE, summary: escalated } });
    assert.equal(await store.view.count({ stage: 'processing', max: 10 }), 0);
    assert.equal(await store.view.count({ stage: 'escalated', max: 10 }), 1);
  }),

  onStore('a count that is bounded too low or too high is refused', async (store) => {
    for (const max of [0, -1, 1.5, COUNT_MAX + 1]) {
      await assert.rejects(store.view.count({ stage: 'processing', max }));
    }
  }),
];

/** What the read side shows, and when. */
export const viewCases: readonly StoreContractCase[] = [...rows, ...transactions, ...listingCases, ...counting];
