import assert from 'node:assert/strict';
import type { JsonObject } from '../../domain/reservation/fields.ts';
import { READ_LIMIT_MAX } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
  recordedBy,
} from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo, onTwoStores, snapshot, wholeLog } from './case.ts';

const stream = exampleId(1);

/** Two streams of five events each, written in turns. */
async function writeTwoStreams(store: ReservationStore): Promise<void> {
  for (const n of oneTo(10)) {
    const version = Math.ceil(n / 2);
    const expected = version === 1 ? 'none' : version - 1;
    await appended(store, exampleAppend(exampleId(1 + (n % 2)), { expected, events: [exampleEvent(n)] }));
  }
}

const ends: readonly StoreContractCase[] = [
  onStore('the last position is 0 in an empty store, and that of the last event afterwards', async (store) => {
    assert.equal(await store.events.lastPosition(), 0);
    await writeTwoStreams(store);
    assert.equal(await store.events.lastPosition(), 10);
    const events = [11, 12, 13].map((n) => exampleEvent(n));
    await appended(store, exampleAppend(exampleId(3), { events }));
    assert.equal(await store.events.lastPosition(), 13);
    assert.equal((await wholeLog(store)).at(-1)?.position, 13);
  }),

  onTwoStores('the last position includes the appends of another server', async (one, other) => {
    assert.equal(await other.events.lastPosition(), 0);
    await writeTwoStreams(one);
    assert.equal(await other.events.lastPosition(), 10);
  }),
];

const ranges: readonly StoreContractCase[] = [
  onStore('a stream that does not exist reads as empty', async (store) => {
    await writeTwoStreams(store);
    assert.deepEqual(await store.events.readStream(exampleId(9), { after: 0, limit: 10 }), []);
  }),

  onStore('a stream is read in order, behind a version, up to a limit, without the events of others', async (store) => {
    await writeTwoStreams(store);
    async function versions(after: number, limit: number): Promise<readonly (readonly [string, number])[]> {
      const events = await store.events.readStream(stream, { after, limit });
      return events.map((event) => [event.stream, event.version]);
    }
    const all = oneTo(5).map((version) => [stream, version]);
    assert.deepEqual(await versions(0, 10), all);
    assert.deepEqual(await versions(0, 5), all);
    assert.deepEqual(await versions(0, 2), all.slice(0, 2));
    assert.deepEqual(await versions(2, 2), all.slice(2, 4));
    assert.deepEqual(await versions(4, 10), all.slice(4));
    assert.deepEqual(await versions(5, 10), []);
    assert.deepEqual(await versions(99, 10), []);
  }),

  onStore('streams whose names are alike are different streams', async (store) => {
    const names = ['RES-a', 'RES-A', 'RES-a ', ' RES-a', 'RES-', 'RES-%', 'RES-_', 'RES-ä', 'RES-a\u0308'];
    for (const [index, name] of names.entries()) {
      const request = exampleAppend(name, { events: [exampleEvent(index)] });
      assert.deepEqual(await store.events.append(request), { kind: 'appended', version: 1, position: index + 1 });
    }
    for (const [index, name] of names.entries()) {
      const [event, ...others] = await store.events.readStream(name, { after: 0, limit: 10 });
      assert.deepEqual([event?.id, others], [exampleEvent(index).id, []]);
    }
  }),

  onStore('pages of every size that follow each other make up the whole log', async (store) => {
    await writeTwoStreams(store);
    const whole = await store.events.readAll({ after: 0, limit: READ_LIMIT_MAX });
    assert.deepEqual(
      whole.map(({ position }) => position),
      oneTo(10),
    );
    for (const limit of oneTo(11)) {
      const seen = [];
      for (;;) {
        const page = await store.events.readAll({ after: seen.at(-1)?.position ?? 0, limit });
        assert(page.length <= limit, `a page of ${limit} holds at most ${limit} events, not ${page.length}`);
        if (page.length === 0) break;
        seen.push(...page);
        assert(seen.length <= whole.length, `pages of ${limit} repeat no event`);
      }
      assert.deepEqual(seen, whole);
    }
  }),

  onStore('behind the last position there is nothing', async (store) => {
    await writeTwoStreams(store);
    assert.deepEqual(await store.events.readAll({ after: 10, limit: 5 }), []);
    assert.deepEqual(await store.events.readAll({ after: 11, limit: 5 }), []);
  }),

  onStore('a range that cannot be is refused', async (store) => {
    const impossible = [
      { after: -1, limit: 1 },
      { after: 0.5, limit: 1 },
      { after: 0, limit: 0 },
      { after: 0, limit: 1.5 },
      { after: 0, limit: READ_LIMIT_MAX + 1 },
    ];
    for (const range of impossible) {
      await assert.rejects(store.events.readAll(range));
      await assert.rejects(store.events.readStream(stream, range));
    }
  }),
];

const TEXTS: JsonObject = {
  unicode: 'Grüße, 予約, 🎫, e\u0301, \u202Eright to left',
  control: '\u0000 \u0001 \n \r\n \t \u2028 \u2029 \u007f',
  loneSurrogate: '\ud83c',
  quotes: `" ' \` \\ \\" $1 ? :name; -- /* */ \${x}`,
  empty: '',
  spaces: '  both sides  ',
  large: 'ä'.repeat(200_000),
};

const NUMBERS: JsonObject = {
  tenth: 0.1,
  third: 1 / 3,
  largestAmount: 999_999_999_999_999,
  largestInteger: Number.MAX_SAFE_INTEGER,
  smallestInteger: Number.MIN_SAFE_INTEGER,
  largest: Number.MAX_VALUE,
  smallest: Number.MIN_VALUE,
  whole: 1e21,
  zero: 0,
};

const SHAPES: JsonObject = {
  nothing: null,
  flags: [true, false],
  empty: [{}, []],
  nested: { a: [{ b: [[1, '1', null]] }] },
  '': 'no name',
  'key with "quotes" and ünicode': 1,
  texts: ['1', 'true', 'null', '2026-01-01T00:00:00.000Z'],
};

const contents: readonly StoreContractCase[] = [
  ...Object.entries({ texts: TEXTS, numbers: NUMBERS, shapes: SHAPES }).map(([kind, data]) =>
    onStore(`an event comes back exactly as it was given: ${kind}`, async (store) => {
      const request = exampleAppend(stream, { events: [exampleEvent(1, { data })] });
      await appended(store, request);
      const expected = recordedBy(request, { version: 1, position: 1 });
      assert.deepEqual(await store.events.readStream(stream, { after: 0, limit: 1 }), expected);
      assert.deepEqual(await store.events.readAll({ after: 0, limit: 1 }), expected);
      const conflict = await store.events.append(exampleAppend(stream, { events: [exampleEvent(2)] }));
      assert.deepEqual(conflict, { kind: 'conflict', actual: 1, missed: expected });
    }),
  ),

  onStore('metadata comes back exactly as it was given', async (store) => {
    const metadata = {
      recordedAt: '1999-12-31T23:59:59.999Z',
      correlationId: 'Grüße "from" afar',
      causationId: '',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      caller: '~tenant:"7"',
    };
    const request = exampleAppend(stream, { events: [exampleEvent(1, { metadata }), exampleEvent(2)] });
    await appended(store, request);
    assert.deepEqual(await wholeLog(store), recordedBy(request, { version: 1, position: 1 }));
  }),

  onStore('any type and schema version is stored: the store does not know what events mean', async (store) => {
    const request = exampleAppend(stream, { events: [exampleEvent(1, { type: 'Something else', schemaVersion: 7 })] });
    await appended(store, request);
    assert.deepEqual(await wholeLog(store), recordedBy(request, { version: 1, position: 1 }));
  }),
];

/** Tries to change everything within reach; a store may forbid it or not care. */
function vandalize(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    vandalize(member);
    try {
      (value as Record<string, unknown>)[name] = 'vandalized';
    } catch (error) {
      assert(error instanceof TypeError);
    }
  }
}

const history: readonly StoreContractCase[] = [
  onStore('what a store returns cannot be used to change what it holds', async (store) => {
    const summary = exampleSummary(stream);
    const work = { change: 'enqueue', ...exampleCharge(1), owner: 'lease-1', openedAt: 1, leaseUntil: 2 } as const;
    const nested = exampleEvent(1, { data: { list: [{ of: 'things' }] } });
    await appended(
      store,
      exampleAppend(stream, { events: [nested], inlineWrites: { summary, work, key: { kind: 'keep' } } }),
    );
    const before = structuredClone(await snapshot(store));
    vandalize(await snapshot(store));
    vandalize(await store.events.readStream(stream, { after: 0, limit: 1 }));
    vandalize(await store.events.append(exampleAppend(stream, { events: [exampleEvent(2)] })));
    vandalize(await store.view.find(stream));
    vandalize(await store.work.list({ kind: 'charge', limit: 1 }));
    assert.deepEqual(await snapshot(store), before);
    assert.deepEqual(await store.view.find(stream), summary);
  }),

  onStore('what was given to a store cannot be used to change what it holds', async (store) => {
    const request = structuredClone(
      exampleAppend(stream, {
        events: [exampleEvent(1, { data: { list: [{ of: 'things' }] } })],
        inlineWrites: { ...NOTHING_ALONGSIDE, summary: exampleSummary(stream) },
      }),
    );
    const given = structuredClone(request);
    const appending = appended(store, request);
    // At once, while the append is under way.
    vandalize(request.events);
    vandalize(request.inlineWrites);
    await appending;
    assert.deepEqual(await wholeLog(store), recordedBy(given, { version: 1, position: 1 }));
    assert.deepEqual(await store.view.find(stream), given.inlineWrites.summary);
  }),
];

/** What comes back, in which order and how much of it. */
export const readCases: readonly StoreContractCase[] = [...ends, ...ranges, ...contents, ...history];
