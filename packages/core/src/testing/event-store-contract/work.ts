import assert from 'node:assert/strict';
import type { WorkChange } from '../../ports/inline-writes.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import { TAKE_LIMIT_MAX, type WorkItem } from '../../ports/due-work.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo, snapshot } from './case.ts';
import { enqueue, row, rows, take } from './work-steps.ts';
import { workKindCases } from './work-kinds.ts';

const id = exampleId(1);

/** Appends a second event with a change of the queue. */
function change(store: ReservationStore, work: WorkChange): Promise<AppendResult> {
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(id, { version: 2 }), work };
  return store.events.append(exampleAppend(id, { expected: 1, events: [exampleEvent(100)], inlineWrites }));
}

const leases: readonly StoreContractCase[] = [
  onStore('work is enqueued under a lease, and no other owner takes it until that ends', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    assert.deepEqual(await rows(store), [row]);
    assert.deepEqual(await take(store, 'worker', 999), []);
    const taken = { ...row, attempts: 1, dueAt: 2_000, owner: 'worker' };
    assert.deepEqual(await take(store, 'worker', 1_000), [taken]);
    assert.deepEqual(await rows(store), [taken]);
    assert.deepEqual(await take(store, 'another', 1_000), []);
  }),

  onStore('the longest due are taken first, up to the limit, and the others stay', async (store) => {
    for (const [n, dueAt] of [
      [1, 300],
      [2, 100],
      [3, 200],
      [4, 100],
      [5, 9_000],
    ] as const) {
      await enqueue(store, n, dueAt);
    }
    const ids = (items: readonly WorkItem[]): readonly string[] => items.map((item) => item.id);
    assert.deepEqual(ids(await take(store, 'worker', 1_000, 3)), [2, 4, 3].map(exampleId));
    assert.deepEqual(ids(await take(store, 'worker', 1_000, 3)), [exampleId(1)]);
    assert.deepEqual(ids(await take(store, 'worker', 1_000, 3)), []);
    assert.deepEqual(
      (await rows(store)).map(({ attempts }) => attempts),
      [1, 1, 1, 1, 0],
    );
  }),

  onStore('no payment is handed to two of many who take at once', async (store) => {
    for (const n of oneTo(40)) await enqueue(store, n, 100);
    const hauls = await Promise.all(oneTo(20).map((n) => take(store, `worker-${n}`, 1_000, 3)));
    assert.deepEqual(
      hauls
        .flat()
        .map((item) => item.id)
        .sort(),
      oneTo(40).map(exampleId),
    );
    for (const [index, haul] of hauls.entries()) {
      assert(haul.length <= 3, 'a haul keeps to its limit');
      for (const item of haul) assert.equal(item.owner, `worker-${index + 1}`);
    }
    assert.deepEqual(
      await rows(store),
      hauls.flat().sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  }),

  onStore('a lease that ended goes to the next, and the attempts are counted', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await take(store, 'first', 1_000);
    assert.deepEqual(await take(store, 'second', 2_000), [{ ...row, attempts: 2, dueAt: 3_000, owner: 'second' }]);
  }),

  onStore('a payment that is given back waits until it is due', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    const release = { ...exampleCharge(1), owner: 'request-1', dueAt: 5_000, lastOutcome: 'unknown: “lost” 🎫' };
    assert.equal(await store.work.release(release), true);
    const waiting = { ...row, dueAt: 5_000, owner: null, lastOutcome: 'unknown: “lost” 🎫' };
    assert.deepEqual(await rows(store), [waiting]);
    assert.deepEqual(await take(store, 'worker', 4_999), []);
    assert.deepEqual(await take(store, 'worker', 5_000), [{ ...waiting, attempts: 1, dueAt: 6_000, owner: 'worker' }]);
  }),

  onStore('only who holds the lease can give a payment back, and once', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    const release = { ...exampleCharge(1), owner: 'request-1', dueAt: 5_000, lastOutcome: 'unknown' };
    await take(store, 'worker', 1_000);
    const taken = await rows(store);
    assert.equal(await store.work.release(release), false);
    assert.equal(await store.work.release({ ...release, id: exampleId(2) }), false);
    assert.deepEqual(await rows(store), taken);
    assert.equal(await store.work.release({ ...release, owner: 'worker' }), true);
    const given = await rows(store);
    assert.equal(await store.work.release({ ...release, owner: 'worker', dueAt: 1 }), false);
    assert.deepEqual(await rows(store), given);
  }),

  onStore('a haul of no bounded size, and a lease that is over at once, are refused', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    for (const limit of [0, 1.5, TAKE_LIMIT_MAX + 1]) {
      await assert.rejects(take(store, 'worker', 1_000, limit));
      await assert.rejects(store.work.list({ kind: 'charge', limit }));
    }
    await assert.rejects(store.work.take({ kind: 'charge', owner: 'worker', now: 1_000, leaseUntil: 1_000, limit: 1 }));
    assert.deepEqual(await rows(store), [row]);
  }),
];

const withAppends: readonly StoreContractCase[] = [
  onStore('an append can give the payment back', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    const release = {
      change: 'release',
      ...exampleCharge(1),
      owner: 'request-1',
      dueAt: 7_000,
      lastOutcome: 'unknown',
    } as const;
    assert.deepEqual(await change(store, release), { kind: 'appended', version: 2, position: 2 });
    assert.deepEqual(await rows(store), [{ ...row, dueAt: 7_000, owner: null, lastOutcome: 'unknown' }]);
  }),

  onStore('an append whose owner lost the lease is written, and leaves the payment to its new owner', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    const [taken] = await take(store, 'worker', 1_000);
    const release = {
      change: 'release',
      ...exampleCharge(1),
      owner: 'request-1',
      dueAt: 7_000,
      lastOutcome: 'unknown',
    } as const;
    assert.deepEqual(await change(store, release), { kind: 'appended', version: 2, position: 2 });
    assert.deepEqual(await rows(store), [taken]);
    assert.deepEqual(await store.view.find(id), exampleSummary(id, { version: 2 }));
  }),

  onStore('an append that keeps the payment leaves it alone', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    assert.equal((await change(store, { change: 'keep' })).kind, 'appended');
    assert.deepEqual(await rows(store), [row]);
  }),

  onStore('an append can take its own payment, and no other, out of the queue', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await enqueue(store, 2, 1_000, 600);
    assert.equal(
      (await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'request-1' })).kind,
      'appended',
    );
    assert.deepEqual(
      (await rows(store)).map((item) => item.id),
      [exampleId(2)],
    );
  }),

  onStore('an append can remove work regardless of the lease', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    assert.equal(
      (await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: null })).kind,
      'appended',
    );
    assert.deepEqual(await rows(store), []);
  }),

  onStore('taking out a payment that is not there is no fault', async (store) => {
    await appended(store, exampleAppend(id));
    assert.equal(
      (await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: null })).kind,
      'appended',
    );
  }),

  onStore('an append that requires a lease which another owner holds leaves no trace', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    await take(store, 'worker', 1_000);
    const before = await snapshot(store);
    assert.deepEqual(await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'request-1' }), {
      kind: 'lease-lost',
    });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore(
    'an append that needs a lease which was given back, or a payment which is gone, leaves no trace',
    async (store) => {
      await enqueue(store, 1, 1_000, 500);
      const release = { ...exampleCharge(1), owner: 'request-1', dueAt: 5_000, lastOutcome: 'unknown' };
      await store.work.release(release);
      const before = await snapshot(store);
      assert.deepEqual(await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'request-1' }), {
        kind: 'lease-lost',
      });
      const elsewhere = exampleAppend(exampleId(2), {
        inlineWrites: {
          ...NOTHING_ALONGSIDE,
          work: { change: 'remove', ...exampleCharge(2), onlyIfLeasedBy: 'request-1' },
        },
      });
      assert.deepEqual(await store.events.append(elsewhere), { kind: 'lease-lost' });
      assert.deepEqual(await snapshot(store), before);
    },
  ),

  onStore('an append that meets a conflict changes no payment', async (store) => {
    await enqueue(store, 1, 1_000, 500);
    const changes: readonly WorkChange[] = [
      { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: null },
      { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'request-1' },
      { change: 'release', ...exampleCharge(1), owner: 'request-1', dueAt: 7_000, lastOutcome: 'unknown' },
    ];
    for (const work of changes) {
      const late = exampleAppend(id, { events: [exampleEvent(9)], inlineWrites: { ...NOTHING_ALONGSIDE, work } });
      assert.equal((await store.events.append(late)).kind, 'conflict');
    }
    assert.deepEqual(await rows(store), [row]);
  }),
];

const inspection: readonly StoreContractCase[] = [
  onStore('open payments are listed from the oldest on, up to the limit', async (store) => {
    await enqueue(store, 1, 1_000, 300);
    await enqueue(store, 2, 2_000, 100);
    await enqueue(store, 3, 3_000, 200);
    const listed = async (limit: number) => (await store.work.list({ kind: 'charge', limit })).map((item) => item.id);
    assert.deepEqual(await listed(10), [2, 3, 1].map(exampleId));
    assert.deepEqual(await listed(2), [2, 3].map(exampleId));
  }),

  onStore('the gauge tells how many are open, since when, and when the next is due', async (store) => {
    assert.deepEqual(await store.work.gauge({ kind: 'charge' }), { open: 0, oldestOpenedAt: null, nextDueAt: null });
    await enqueue(store, 1, 3_000, 500);
    await enqueue(store, 2, 1_000, 600);
    assert.deepEqual(await store.work.gauge({ kind: 'charge' }), { open: 2, oldestOpenedAt: 500, nextDueAt: 1_000 });
    await change(store, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: null });
    assert.deepEqual(await store.work.gauge({ kind: 'charge' }), { open: 1, oldestOpenedAt: 600, nextDueAt: 1_000 });
  }),
];

/** What keeps every open payment from being lost, and from being worked on twice at a time. */
export const workCases: readonly StoreContractCase[] = [...leases, ...withAppends, ...inspection, ...workKindCases];
