import assert from 'node:assert/strict';
import { isReservationError } from '../../errors.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import {
  exampleApiKey,
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
  recordedBy,
} from '../builders.ts';
import {
  appended,
  type StoreContractCase,
  onReopenedStore,
  onStore,
  oneTo,
  onTwoStores,
  snapshot,
  wholeLog,
} from './case.ts';

const id = exampleId(1);
const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
const create = exampleAppend(id, {
  events: [exampleEvent(1), exampleEvent(2)],
  inlineWrites: {
    summary: exampleSummary(id),
    work: { change: 'enqueue', ...exampleCharge(1), owner: 'request-1', openedAt: 500, leaseUntil: 1_000 },
    key,
  },
});

const closing: readonly StoreContractCase[] = [
  onStore('a store that can be written says so, and shows no trace of it', async (store) => {
    await appended(store, create);
    const before = await snapshot(store);
    await store.checkWritable();
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('a closed store refuses everything', async (store) => {
    await appended(store, create);
    await store.close();
    const calls = [
      store.events.append(exampleAppend(exampleId(2))),
      store.events.readStream(id, { after: 0, limit: 1 }),
      store.events.readAll({ after: 0, limit: 1 }),
      store.view.find(id),
      store.view.list({ by: null, order: 'asc', after: null, limit: 1 }),
      store.view.findByKey(key),
      store.view.findByTransaction('TXN-1'),
      store.view.count({ stage: 'processing', max: 1 }),
      store.events.lastPosition(),
      store.repair.put([exampleSummary(id)]),
      store.repair.removeOrphans({ after: null, limit: 1 }),
      store.work.take({ kind: 'charge', owner: 'worker', now: 1_000, leaseUntil: 2_000, limit: 1 }),
      store.work.release({ ...exampleCharge(1), owner: 'request-1', dueAt: 1, lastOutcome: '' }),
      store.work.list({ kind: 'charge', limit: 1 }),
      store.work.gauge({ kind: 'charge' }),
      store.subscriptions.acquire({ name: 'reader', owner: 'one', startAfter: 0, now: 1_000, leaseUntil: 2_000 }),
      store.subscriptions.advance({ name: 'reader', owner: 'one', position: 1, leaseUntil: 2_000 }),
      store.subscriptions.release({ name: 'reader', owner: 'one', position: 1 }),
      store.subscriptions.stop({ name: 'reader', owner: 'one', position: 1, reason: '' }),
      store.subscriptions.resume({ name: 'reader', skip: null }),
      store.subscriptions.list({ limit: 1 }),
      store.apiKeys.insert(exampleApiKey(1)),
      store.apiKeys.find('rsv_00000001'),
      store.apiKeys.list({ after: null, limit: 1 }),
      store.apiKeys.revoke({ prefix: 'rsv_00000001', at: 1 }),
      store.apiKeys.markUsed({ prefix: 'rsv_00000001', day: '2026-01-01' }),
      store.checkWritable(),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      assert(outcome.status === 'rejected' && isReservationError(outcome.reason, 'STORE_CLOSED'));
    }
    assert.throws(
      () => store.events.onCommit(() => undefined),
      (error) => isReservationError(error, 'STORE_CLOSED'),
    );
  }),

  onStore('closing twice is closing once', async (store) => {
    await Promise.all([store.close(), store.close()]);
    await store.close();
  }),

  onStore('closing lets every append under way end', async (store) => {
    const appends = oneTo(20).map((n) => store.events.append(exampleAppend(exampleId(n))));
    const [results] = await Promise.all([Promise.all(appends), store.close()]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      oneTo(20).map(() => 'appended'),
    );
  }),
];

const reopening: readonly StoreContractCase[] = [
  onReopenedStore(
    'a store that is opened again holds everything that was acknowledged',
    async (store) => {
      await appended(store, create);
      const release = { ...exampleCharge(1), owner: 'request-1', dueAt: 5_000, lastOutcome: 'unknown' };
      assert.equal(await store.work.release(release), true);
    },
    async (store) => {
      assert.deepEqual(await wholeLog(store), recordedBy(create, { version: 1, position: 1 }));
      assert.deepEqual(await store.view.find(id), exampleSummary(id));
      assert.deepEqual(await store.work.list({ kind: 'charge', limit: 10 }), [
        { ...exampleCharge(1), openedAt: 500, attempts: 0, dueAt: 5_000, owner: null, lastOutcome: 'unknown' },
      ]);
      const late = exampleAppend(exampleId(2), { inlineWrites: { ...NOTHING_ALONGSIDE, key } });
      assert.deepEqual(await store.events.append(late), { kind: 'key-taken', stream: id, fingerprint: 'body' });
    },
  ),

  onReopenedStore(
    'a store that is opened again goes on where it ended, and knows its commands',
    async (store) => {
      await appended(store, create);
    },
    async (store) => {
      assert.deepEqual(await store.events.append(create), { kind: 'appended', version: 2, position: 2 });
      const next = exampleAppend(id, { expected: 2, events: [exampleEvent(3)] });
      assert.deepEqual(await store.events.append(next), { kind: 'appended', version: 3, position: 3 });
    },
  ),

  onReopenedStore(
    'appends that were under way when the store was closed are there when it is opened again',
    async (store) => {
      // Acknowledged or not: what close() waited for is kept.
      void Promise.all(oneTo(20).map((n) => store.events.append(exampleAppend(exampleId(n)))));
    },
    async (store) => {
      assert.equal((await wholeLog(store)).length, 20, 'the log has all 20 events for which close() waited');
    },
  ),
];

const besides: readonly StoreContractCase[] = [
  onTwoStores('what one server was told, the other shows at once', async (one, other) => {
    await appended(one, create);
    assert.deepEqual(await snapshot(other), await snapshot(one));
    assert.deepEqual(await other.events.append(create), { kind: 'appended', version: 2, position: 2 });
    assert.deepEqual(await other.events.append({ ...create, commandId: 'another' }), {
      kind: 'conflict',
      actual: 2,
      missed: recordedBy(create, { version: 1, position: 1 }),
    });
  }),

  onTwoStores('of appends by two servers at one version exactly one wins', async (one, other) => {
    const results = await Promise.all(
      oneTo(50).map((n) => {
        const store = n % 2 === 0 ? one : other;
        return store.events.append(exampleAppend(id, { events: [exampleEvent(n)] }));
      }),
    );
    const missed = await wholeLog(one);
    assert.equal(missed.length, 1, 'the log has one event: that of the append that won');
    const lost: AppendResult = { kind: 'conflict', actual: 1, missed };
    const won: AppendResult = { kind: 'appended', version: 1, position: 1 };
    const winner = results.findIndex(({ kind }) => kind === 'appended');
    assert.deepEqual(
      results,
      results.map((_, index) => (index === winner ? won : lost)),
    );
  }),

  onTwoStores('positions are gapless across two servers, and both read the same log', async (one, other) => {
    const positions = await Promise.all(
      oneTo(50).map((n) =>
        appended(n % 2 === 0 ? one : other, exampleAppend(exampleId(n), { events: [exampleEvent(n)] })),
      ),
    );
    assert.deepEqual(
      [...positions].sort((a, b) => a - b),
      oneTo(50),
    );
    assert.deepEqual(await wholeLog(one), await wholeLog(other));
  }),

  onTwoStores('no payment is handed to two servers, and no key to two streams', async (one, other) => {
    const creates = await Promise.all(
      oneTo(20).map((n) => {
        const work = {
          change: 'enqueue',
          ...exampleCharge(n),
          owner: `request-${n}`,
          openedAt: 0,
          leaseUntil: 1_000,
        } as const;
        const own = { ...key, key: `key-${Math.ceil(n / 2)}` };
        const inlineWrites = { ...NOTHING_ALONGSIDE, work, key: own };
        const store = n % 2 === 0 ? one : other;
        return store.events.append(exampleAppend(exampleId(n), { inlineWrites }));
      }),
    );
    const refused = creates.filter(({ kind }) => kind === 'key-taken');
    assert.equal(refused.length, 10, 'of two claims of each of ten keys, by one server each, one is refused');
    const hauls = await Promise.all(
      oneTo(10).map((n) =>
        (n % 2 === 0 ? one : other).work.take({
          kind: 'charge',
          owner: `worker-${n}`,
          now: 1_000,
          leaseUntil: 2_000,
          limit: 2,
        }),
      ),
    );
    const ids = hauls.flat().map((item) => item.id);
    assert.deepEqual([ids.length, new Set(ids).size], [10, 10]);
  }),
];

/** What closing, opening again and a second server mean. */
export const lifetimeCases: readonly StoreContractCase[] = [...closing, ...reopening, ...besides];
