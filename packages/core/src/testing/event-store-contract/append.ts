import assert from 'node:assert/strict';
import { EVENTS_PER_APPEND_MAX } from '../../ports/event-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, exampleSummary, recordedBy } from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo, snapshot, wholeLog } from './case.ts';

const stream = exampleId(1);
const first = exampleAppend(stream, { events: [exampleEvent(1)] });
const second = exampleAppend(stream, { expected: 1, events: [exampleEvent(2), exampleEvent(3)] });

const expectedVersion: readonly StoreContractCase[] = [
  onStore('the first event of a store has version 1 and position 1', async (store) => {
    assert.deepEqual(await store.events.append(first), { kind: 'appended', version: 1, position: 1 });
    assert.deepEqual(await wholeLog(store), recordedBy(first, { version: 1, position: 1 }));
  }),

  onStore('an append of several events reports version and position of the last', async (store) => {
    await appended(store, first);
    assert.deepEqual(await store.events.append(second), { kind: 'appended', version: 3, position: 3 });
    assert.deepEqual(await wholeLog(store), [
      ...recordedBy(first, { version: 1, position: 1 }),
      ...recordedBy(second, { version: 2, position: 2 }),
    ]);
  }),

  onStore('versions count within a stream, positions within the store', async (store) => {
    await appended(store, first);
    await appended(store, exampleAppend(exampleId(2), { events: [exampleEvent(7)] }));
    assert.deepEqual(await store.events.append(second), { kind: 'appended', version: 3, position: 4 });
  }),

  onStore('"none" on a stream that exists conflicts and writes nothing', async (store) => {
    await appended(store, first);
    await appended(store, second);
    const before = await snapshot(store);
    const late = exampleAppend(stream, { events: [exampleEvent(9)] });
    assert.deepEqual(await store.events.append(late), {
      kind: 'conflict',
      actual: 3,
      missed: [...recordedBy(first, { version: 1, position: 1 }), ...recordedBy(second, { version: 2, position: 2 })],
    });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('an old version conflicts, brings exactly the missed events and writes nothing', async (store) => {
    await appended(store, first);
    await appended(store, second);
    const before = await snapshot(store);
    const late = exampleAppend(stream, { expected: 1, events: [exampleEvent(9)] });
    const missed = recordedBy(second, { version: 2, position: 2 });
    assert.deepEqual(await store.events.append(late), { kind: 'conflict', actual: 3, missed });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('a version that the stream has not reached conflicts, with nothing missed', async (store) => {
    await appended(store, first);
    const before = await snapshot(store);
    const early = exampleAppend(stream, { expected: 2, events: [exampleEvent(9)] });
    assert.deepEqual(await store.events.append(early), { kind: 'conflict', actual: 1, missed: [] });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('a version expected of a stream that does not exist conflicts with "none"', async (store) => {
    assert.deepEqual(await store.events.append(second), { kind: 'conflict', actual: 'none', missed: [] });
    assert.deepEqual(await wholeLog(store), []);
  }),

  onStore('after a conflict the append at the true version is accepted', async (store) => {
    await appended(store, first);
    const retry = exampleAppend(stream, { events: [exampleEvent(9)] });
    const conflict = await store.events.append(retry);
    assert(conflict.kind === 'conflict');
    assert.deepEqual(await store.events.append({ ...retry, expected: conflict.actual }), {
      kind: 'appended',
      version: 2,
      position: 2,
    });
  }),
];

const inlineWrites = {
  summary: exampleSummary(stream),
  work: { change: 'enqueue', ...exampleCharge(1), owner: 'lease-1', openedAt: 1_000, leaseUntil: 2_000 },
  key: { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' },
} as const;

const commandIds: readonly StoreContractCase[] = [
  onStore('the same command again returns the first result and writes nothing', async (store) => {
    const create = { ...first, inlineWrites };
    await appended(store, create);
    const before = await snapshot(store);
    assert.deepEqual(await store.events.append(create), { kind: 'appended', version: 1, position: 1 });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore(
    'a repeated command returns the first result whatever came after it and whatever it expects',
    async (store) => {
      await appended(store, first);
      await appended(store, second);
      await appended(store, exampleAppend(exampleId(2), { events: [exampleEvent(7)] }));
      await appended(store, exampleAppend(stream, { expected: 3, events: [exampleEvent(8)] }));
      const before = await snapshot(store);
      for (const expected of ['none', 1, 3, 4, 9] as const) {
        const again = { ...second, expected, events: [exampleEvent(99)] };
        assert.deepEqual(await store.events.append(again), { kind: 'appended', version: 3, position: 3 });
      }
      assert.deepEqual(await snapshot(store), before);
    },
  ),

  onStore('a command that met a conflict was not executed and may be sent again', async (store) => {
    await appended(store, first);
    const command = { ...second, expected: 'none' } as const;
    assert.equal((await store.events.append(command)).kind, 'conflict');
    assert.deepEqual(await store.events.append(second), { kind: 'appended', version: 3, position: 3 });
  }),

  onStore('a command id names an append within its stream only', async (store) => {
    await appended(store, first);
    const elsewhere = exampleAppend(exampleId(2), { events: [exampleEvent(2)], commandId: first.commandId });
    assert.deepEqual(await store.events.append(elsewhere), { kind: 'appended', version: 1, position: 2 });
  }),
];

const atomicity: readonly StoreContractCase[] = [
  onStore(`an append of ${EVENTS_PER_APPEND_MAX} events is written whole`, async (store) => {
    const request = exampleAppend(stream, { events: oneTo(EVENTS_PER_APPEND_MAX).map((n) => exampleEvent(n)) });
    assert.equal(await appended(store, request), EVENTS_PER_APPEND_MAX);
    assert.deepEqual(await wholeLog(store), recordedBy(request, { version: 1, position: 1 }));
  }),

  onStore('an append without events, with too many, or at version 0 is refused and leaves no trace', async (store) => {
    const tooMany = oneTo(EVENTS_PER_APPEND_MAX + 1).map((n) => exampleEvent(n));
    for (const wrong of [{ events: [] }, { events: tooMany }, { expected: 0 }, { expected: -1 }, { expected: 1.5 }]) {
      await assert.rejects(store.events.append({ ...first, inlineWrites, ...wrong }));
    }
    assert.deepEqual(await snapshot(store), {
      log: [],
      reservations: { reservations: [], next: null },
      work: [],
      gauge: { open: 0, oldestOpenedAt: null, nextDueAt: null },
      subscriptions: [],
      apiKeys: [],
    });
  }),

  onStore('an append that cannot be carried out to its end writes none of its events', async (store) => {
    await appended(store, { ...first, inlineWrites });
    const before = await snapshot(store);
    // A payment that is in the queue cannot be put there again.
    const broken = {
      ...second,
      inlineWrites: {
        ...inlineWrites,
        summary: exampleSummary(stream, { version: 3 }),
        key: { kind: 'keep' } as const,
      },
    };
    await assert.rejects(store.events.append(broken));
    assert.deepEqual(await snapshot(store), before);
    assert.deepEqual(await store.events.append(second), { kind: 'appended', version: 3, position: 3 });
  }),

  onStore('a faulty append among others fails alone', async (store) => {
    await appended(store, { ...first, inlineWrites });
    const broken = { ...second, inlineWrites: { ...inlineWrites, key: { kind: 'keep' } as const } };
    const good = oneTo(5).map((n) => exampleAppend(exampleId(10 + n), { events: [exampleEvent(10 + n)] }));
    const outcomes = await Promise.allSettled(
      [...good, broken, ...good].map((request) => store.events.append(request)),
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [...good.map(() => 'fulfilled'), 'rejected', ...good.map(() => 'fulfilled')],
    );
    assert.equal(
      (await wholeLog(store)).length,
      1 + good.length,
      'each good append is in the log once, the faulty one not',
    );
  }),
];

/** What an append promises to a single writer. */
export const appendCases: readonly StoreContractCase[] = [...expectedVersion, ...commandIds, ...atomicity];
