import assert from 'node:assert/strict';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { AcquireResult, Subscription } from '../../ports/subscriptions.ts';
import { onReopenedStore, onStore, oneTo, onTwoStores, type StoreContractCase } from './case.ts';

const name = 'reader';

/** Asks for a lease of a second. */
function acquire(
  store: ReservationStore,
  owner: string,
  now: number,
  rest: { readonly name?: string; readonly startAfter?: number } = {},
): Promise<AcquireResult> {
  return store.subscriptions.acquire({ name, owner, startAfter: 0, now, leaseUntil: now + 1_000, ...rest });
}

async function rows(store: ReservationStore): Promise<readonly Subscription[]> {
  return await store.subscriptions.list({ limit: 100 });
}

const held: Subscription = { name, position: 5, owner: 'one', leaseUntil: 2_000, stopped: null };
const free: Subscription = { ...held, owner: null, leaseUntil: 0 };

/** A store whose subscription "reader" stands at 5 and belongs to "one" from 1000 to 2000. */
function onHeld(title: string, body: (store: ReservationStore) => Promise<void>): StoreContractCase {
  return onStore(title, async (store) => {
    assert.deepEqual(await acquire(store, 'one', 1_000, { startAfter: 5 }), { kind: 'acquired', position: 5 });
    await body(store);
  });
}

const leases: readonly StoreContractCase[] = [
  onHeld('a subscription begins where its first owner says, and nowhere else later', async (store) => {
    assert.deepEqual(await rows(store), [held]);
    assert.deepEqual(await acquire(store, 'two', 2_000, { startAfter: 0 }), { kind: 'acquired', position: 5 });
  }),

  onHeld('no other owner acquires a subscription until its lease ends', async (store) => {
    assert.deepEqual(await acquire(store, 'two', 1_999), { kind: 'held', until: 2_000 });
    assert.deepEqual(await rows(store), [held]);
    assert.deepEqual(await acquire(store, 'two', 2_000), { kind: 'acquired', position: 5 });
    assert.deepEqual(await rows(store), [{ ...held, owner: 'two', leaseUntil: 3_000 }]);
  }),

  onHeld('an owner that asks again gets it again, however often the acknowledgement was lost', async (store) => {
    assert.deepEqual(await acquire(store, 'one', 1_500), { kind: 'acquired', position: 5 });
    assert.deepEqual(await rows(store), [{ ...held, leaseUntil: 2_500 }]);
  }),

  onHeld('a lease does not end earlier for a request that arrives late', async (store) => {
    const { subscriptions } = store;
    assert.equal(await subscriptions.advance({ name, owner: 'one', position: 6, leaseUntil: 5_000 }), true);
    assert.equal(await subscriptions.advance({ name, owner: 'one', position: 7, leaseUntil: 4_000 }), true);
    assert.deepEqual(await rows(store), [{ ...held, position: 7, leaseUntil: 5_000 }]);
    assert.deepEqual(await acquire(store, 'one', 1_200), { kind: 'acquired', position: 7 });
    assert.deepEqual(await rows(store), [{ ...held, position: 7, leaseUntil: 5_000 }]);
    assert.deepEqual(await acquire(store, 'two', 4_500), { kind: 'held', until: 5_000 });
  }),

  onStore('of many who ask at once exactly one gets it', async (store) => {
    for (const subscription of ['new', 'old']) {
      if (subscription === 'old') await acquire(store, 'former', 0, { name: subscription });
      const results = await Promise.all(oneTo(20).map((n) => acquire(store, `o${n}`, 1_000, { name: subscription })));
      const winner = results.findIndex(({ kind }) => kind === 'acquired');
      const won: AcquireResult = { kind: 'acquired', position: 0 };
      assert.deepEqual(
        results,
        results.map((_, index) => (index === winner ? won : { kind: 'held', until: 2_000 })),
      );
      const row = (await rows(store)).find((found) => found.name === subscription);
      assert.equal(row?.owner, `o${winner + 1}`);
    }
  }),
];

const checkpoints: readonly StoreContractCase[] = [
  onHeld('a checkpoint moves forward under the lease, renews it, and never goes back', async (store) => {
    const { subscriptions } = store;
    assert.equal(await subscriptions.advance({ name, owner: 'one', position: 9, leaseUntil: 2_500 }), true);
    assert.deepEqual(await rows(store), [{ ...held, position: 9, leaseUntil: 2_500 }]);
    assert.equal(await subscriptions.advance({ name, owner: 'one', position: 7, leaseUntil: 2_600 }), true);
    assert.deepEqual(await rows(store), [{ ...held, position: 9, leaseUntil: 2_600 }]);
  }),

  onHeld('calls of an owner without the lease change nothing', async (store) => {
    const { subscriptions } = store;
    const changes = [
      subscriptions.advance({ name, owner: 'two', position: 9, leaseUntil: 9_000 }),
      subscriptions.release({ name, owner: 'two', position: 9 }),
      subscriptions.stop({ name, owner: 'two', position: 9, reason: 'no' }),
      subscriptions.advance({ name: 'another', owner: 'one', position: 9, leaseUntil: 9_000 }),
    ];
    assert.deepEqual(await Promise.all(changes), [false, false, false, false]);
    assert.deepEqual(await rows(store), [held]);
  }),

  onHeld(
    'an owner whose lease has ended continues until another owner takes over, and changes nothing afterwards',
    async (store) => {
      const { subscriptions } = store;
      assert.equal(await subscriptions.advance({ name, owner: 'one', position: 6, leaseUntil: 3_000 }), true);
      await acquire(store, 'two', 3_000);
      const after = await rows(store);
      assert.equal(await subscriptions.advance({ name, owner: 'one', position: 9, leaseUntil: 9_000 }), false);
      assert.equal(await subscriptions.release({ name, owner: 'one', position: 9 }), false);
      assert.equal(await subscriptions.stop({ name, owner: 'one', position: 9, reason: 'no' }), false);
      assert.deepEqual(await rows(store), after);
      assert.deepEqual(after, [{ ...held, position: 6, owner: 'two', leaseUntil: 4_000 }]);
    },
  ),

  onHeld('a subscription that is given up is free at once, behind what was handled', async (store) => {
    assert.equal(await store.subscriptions.release({ name, owner: 'one', position: 8 }), true);
    assert.deepEqual(await rows(store), [{ ...free, position: 8 }]);
    assert.equal(await store.subscriptions.release({ name, owner: 'one', position: 9 }), false);
    assert.deepEqual(await acquire(store, 'two', 1_001), { kind: 'acquired', position: 8 });
    assert.equal(await store.subscriptions.release({ name, owner: 'two', position: 7 }), true);
    assert.deepEqual(await rows(store), [{ ...free, position: 8 }]);
  }),
];

const reason = 'cannot read “price” of undefined 🎫';
const stopped: Subscription = { ...free, position: 8, stopped: { position: 9, reason } };

/** A store whose subscription "reader" is stopped at the event at 9. */
function onStopped(title: string, body: (store: ReservationStore) => Promise<void>): StoreContractCase {
  return onHeld(title, async (store) => {
    assert.equal(await store.subscriptions.stop({ name, owner: 'one', position: 9, reason }), true);
    await body(store);
  });
}

const stops: readonly StoreContractCase[] = [
  onStopped('a stopped subscription stays before its event, and no owner acquires it', async (store) => {
    assert.deepEqual(await rows(store), [stopped]);
    for (const [owner, now] of [
      ['one', 1_001],
      ['two', 999_999],
    ] as const) {
      assert.deepEqual(await acquire(store, owner, now), { kind: 'stopped', position: 9, reason });
    }
    assert.equal(await store.subscriptions.advance({ name, owner: 'one', position: 9, leaseUntil: 9_000 }), false);
    assert.deepEqual(await rows(store), [stopped]);
  }),

  onStopped('a subscription that is resumed tries its event again', async (store) => {
    assert.deepEqual(await store.subscriptions.resume({ name, skip: null }), { kind: 'resumed', position: 8 });
    assert.deepEqual(await rows(store), [{ ...free, position: 8 }]);
    assert.deepEqual(await acquire(store, 'two', 1_001), { kind: 'acquired', position: 8 });
  }),

  onStopped('a subscription that is resumed behind its event goes on there', async (store) => {
    assert.deepEqual(await store.subscriptions.resume({ name, skip: 9 }), { kind: 'resumed', position: 9 });
    assert.deepEqual(await acquire(store, 'two', 1_001), { kind: 'acquired', position: 9 });
  }),

  onStopped('no other event than the one where it stopped is skipped', async (store) => {
    for (const skip of [8, 10]) {
      assert.deepEqual(await store.subscriptions.resume({ name, skip }), { kind: 'stopped-elsewhere', position: 9 });
    }
    assert.deepEqual(await rows(store), [stopped]);
  }),

  onHeld('what is not stopped cannot be resumed', async (store) => {
    const { subscriptions } = store;
    assert.deepEqual(await subscriptions.resume({ name, skip: null }), { kind: 'not-stopped' });
    assert.deepEqual(await subscriptions.resume({ name, skip: 6 }), { kind: 'not-stopped' });
    assert.deepEqual(await subscriptions.resume({ name: 'another', skip: null }), { kind: 'unknown' });
    assert.deepEqual(await rows(store), [held]);
  }),
];

const others: readonly StoreContractCase[] = [
  onStore('subscriptions know nothing of each other, and are listed in the order of names', async (store) => {
    const names = ['b', 'a', 'B', 'a.1', 'a_1', 'a-1'];
    for (const [index, subscription] of names.entries()) {
      const startAfter = index;
      assert.deepEqual(await acquire(store, subscription, 0, { name: subscription, startAfter }), {
        kind: 'acquired',
        position: index,
      });
    }
    const sorted = ['B', 'a', 'a-1', 'a.1', 'a_1', 'b'];
    assert.deepEqual(
      await rows(store),
      sorted.map((n) => ({ name: n, position: names.indexOf(n), owner: n, leaseUntil: 1_000, stopped: null })),
    );
    const two = await store.subscriptions.list({ limit: 2 });
    assert.deepEqual(
      two.map((row) => row.name),
      ['B', 'a'],
    );
  }),

  onStore('a name, a lease and a list that cannot be are refused', async (store) => {
    for (const bad of ['', 'x'.repeat(101), 'two words', '-x', 'ü']) {
      await assert.rejects(acquire(store, 'one', 0, { name: bad }));
    }
    const lease = { name, owner: 'one', startAfter: 0, now: 1_000, leaseUntil: 1_000 };
    await assert.rejects(store.subscriptions.acquire(lease));
    for (const limit of [0, 1_001, 1.5]) await assert.rejects(store.subscriptions.list({ limit }));
    assert.deepEqual(await rows(store), []);
    assert.deepEqual(await acquire(store, 'one', 0, { name: 'x'.repeat(100) }), { kind: 'acquired', position: 0 });
  }),

  onReopenedStore(
    'a store that is opened again holds every checkpoint, lease and stop',
    async (store) => {
      await acquire(store, 'one', 1_000, { startAfter: 5 });
      await acquire(store, 'one', 1_000, { name: 'stopped' });
      await store.subscriptions.stop({ name: 'stopped', owner: 'one', position: 9, reason });
    },
    async (store) => {
      assert.deepEqual(await rows(store), [held, { ...stopped, name: 'stopped' }]);
      assert.deepEqual(await acquire(store, 'two', 1_999), { kind: 'held', until: 2_000 });
    },
  ),

  onTwoStores('a subscription belongs to one owner across two servers', async (one, other) => {
    const results = await Promise.all(oneTo(20).map((n) => acquire(n % 2 === 0 ? one : other, `o${n}`, 1_000)));
    const acquired = results.filter(({ kind }) => kind === 'acquired');
    assert.equal(acquired.length, 1, 'of twenty that ask at once through two servers one gets the lease');
    const owner = `o${results.findIndex(({ kind }) => kind === 'acquired') + 1}`;
    assert.equal(await other.subscriptions.advance({ name, owner, position: 3, leaseUntil: 2_000 }), true);
    assert.deepEqual(await acquire(one, 'late', 2_000), { kind: 'acquired', position: 3 });
    assert.equal(await other.subscriptions.advance({ name, owner, position: 4, leaseUntil: 9_000 }), false);
    assert.deepEqual(await rows(one), await rows(other));
  }),
];

/** What keeps a reader of the log from losing its place, and from being two. */
export const subscriptionCases: readonly StoreContractCase[] = [...leases, ...checkpoints, ...stops, ...others];
