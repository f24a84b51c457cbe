import assert from 'node:assert/strict';
import type { WorkItem, WorkKind } from '../../ports/due-work.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo, snapshot } from './case.ts';
import { enqueue, row, rows, take } from './work-steps.ts';

const id = exampleId(1);

/** A kind of a later release: a store holds any. */
const OTHER_KIND = 'other-kind' as WorkKind;

/** Opens the n-th reservation with an item of the other kind, of the same id as its charge would have. */
async function enqueueOther(store: ReservationStore, n: number): Promise<void> {
  const item = { ...exampleCharge(n), kind: OTHER_KIND };
  const work = { change: 'enqueue', ...item, owner: `other-${n}`, openedAt: 100, leaseUntil: 900 } as const;
  const inlineWrites = { ...NOTHING_ALONGSIDE, work };
  const request = exampleAppend(exampleId(n), { expected: 1, events: [exampleEvent(200 + n)], inlineWrites });
  await appended(store, request);
}

const other: WorkItem = { ...row, kind: OTHER_KIND, openedAt: 100, dueAt: 900, owner: 'other-1' };

/** What keeps work of different kinds apart. */
export const workKindCases: readonly StoreContractCase[] = [
  onStore('items of two kinds have ids, leases and due times of their own', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await enqueueOther(store, 1);
    assert.deepEqual(await rows(store), [row]);
    assert.deepEqual(await rows(store, OTHER_KIND), [other]);
    const taken = { ...other, attempts: 1, dueAt: 3_000, owner: 'worker' };
    assert.deepEqual(await take(store, 'worker', 2_000, 10, OTHER_KIND), [taken]);
    assert.deepEqual(await rows(store), [row]);
    assert.deepEqual(await take(store, 'another', 2_000), [{ ...row, attempts: 1, dueAt: 3_000, owner: 'another' }]);
    assert.deepEqual(await rows(store, OTHER_KIND), [taken]);
  }),

  onStore('a limit counts the items of one kind, and so does the gauge', async (store) => {
    for (const n of oneTo(3)) await enqueue(store, n, 1_000, 500);
    for (const n of oneTo(3)) await enqueueOther(store, n);
    assert.deepEqual(await store.work.gauge({ kind: 'charge' }), { open: 3, oldestOpenedAt: 500, nextDueAt: 1_000 });
    assert.deepEqual(await store.work.gauge({ kind: OTHER_KIND }), { open: 3, oldestOpenedAt: 100, nextDueAt: 900 });
    const charges = await take(store, 'worker', 2_000, 3);
    assert.deepEqual(
      charges.map(({ kind, id: name }) => ({ kind, id: name })),
      oneTo(3).map(exampleCharge),
    );
    assert.equal((await store.work.list({ kind: OTHER_KIND, limit: 2 })).length, 2);
  }),

  onStore('what is given back or removed is the item of that kind', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await enqueueOther(store, 1);
    const release = { ...exampleCharge(1), dueAt: 5_000, lastOutcome: 'unknown' };
    assert.equal(await store.work.release({ ...release, owner: 'other-1' }), false);
    assert.equal(await store.work.release({ ...release, kind: OTHER_KIND, owner: 'other-1' }), true);
    const waiting = { ...other, dueAt: 5_000, owner: null, lastOutcome: 'unknown' };
    assert.deepEqual([await rows(store), await rows(store, OTHER_KIND)], [[row], [waiting]]);
    const removal = { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: null } as const;
    const inlineWrites = { ...NOTHING_ALONGSIDE, work: removal };
    await appended(store, exampleAppend(id, { expected: 2, events: [exampleEvent(300)], inlineWrites }));
    assert.deepEqual([await rows(store), await rows(store, OTHER_KIND)], [[], [waiting]]);
  }),

  onStore('an append that needs the lease of one kind is not helped by that of another', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await enqueueOther(store, 1);
    const before = await snapshot(store);
    const removal = { change: 'remove', ...exampleCharge(1), kind: OTHER_KIND, onlyIfLeasedBy: 'request-1' } as const;
    const inlineWrites = { ...NOTHING_ALONGSIDE, work: removal };
    const request = exampleAppend(id, { expected: 2, events: [exampleEvent(300)], inlineWrites });
    assert.deepEqual(await store.events.append(request), { kind: 'lease-lost' });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('an item has an id of its own, and one that is there is not added again', async (store) => {
    const enqueued = { change: 'enqueue', kind: 'charge', owner: 'one', openedAt: 500, leaseUntil: 1_000 } as const;
    const request = (n: number) =>
      exampleAppend(exampleId(n), {
        events: [exampleEvent(n)],
        inlineWrites: { ...NOTHING_ALONGSIDE, work: { ...enqueued, id: 'operation-1' } },
      });
    const outcomes = await Promise.allSettled([1, 2].map((n) => store.events.append(request(n))));
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const added = { ...row, id: 'operation-1', owner: 'one' };
    assert.deepEqual(await rows(store), [added]);
    assert.deepEqual(await take(store, 'worker', 1_000), [{ ...added, attempts: 1, dueAt: 2_000, owner: 'worker' }]);
    const released = { change: 'release', kind: 'charge', id: 'operation-1', owner: 'worker', dueAt: 7_000 } as const;
    const inlineWrites = { ...NOTHING_ALONGSIDE, work: { ...released, lastOutcome: 'unknown' } };
    await appended(store, exampleAppend(exampleId(3), { events: [exampleEvent(3)], inlineWrites }));
    assert.deepEqual(await rows(store), [{ ...added, attempts: 1, dueAt: 7_000, owner: null, lastOutcome: 'unknown' }]);
  }),
];
