import assert from 'node:assert/strict';
import type { AppendRequest, AppendResult, ExpectedVersion } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, NOTHING_ALONGSIDE, recordedBy } from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo, wholeLog } from './case.ts';

const WRITERS = 50;
const RETRIES_MAX = 1_000;
const FOLLOWED_MAX = 1_000;
const stream = exampleId(1);

/** Of `WRITERS` appends at one expected version exactly one wins; all others get a conflict with the true version. */
async function race(store: ReservationStore, expected: ExpectedVersion): Promise<void> {
  const start = (await wholeLog(store)).length;
  const requests = oneTo(WRITERS).map((n) => exampleAppend(stream, { expected, events: [exampleEvent(1_000 + n)] }));
  const results = await Promise.all(requests.map((request) => store.events.append(request)));
  const winner = results.findIndex(({ kind }) => kind === 'appended');
  const place = { version: start + 1, position: start + 1 };
  const winning = requests[winner];
  assert(winning !== undefined, 'one append must win');
  const missed = recordedBy(winning, place);
  const lost: AppendResult = { kind: 'conflict', actual: place.version, missed };
  const won: AppendResult = { kind: 'appended', ...place };
  assert.deepEqual(
    results,
    requests.map((_, index) => (index === winner ? won : lost)),
  );
  assert.deepEqual((await wholeLog(store)).slice(start), missed);
}

/** Appends one event at the version that it finds, however often others are faster. */
async function appendEventually(store: ReservationStore, n: number): Promise<void> {
  let expected: ExpectedVersion = 'none';
  for (let attempt = 1; attempt <= RETRIES_MAX; attempt += 1) {
    const result = await store.events.append(exampleAppend(stream, { expected, events: [exampleEvent(n)] }));
    if (result.kind === 'appended') return;
    assert(result.kind === 'conflict');
    assert.notEqual(result.actual, expected, 'a conflict names another version than the expected one');
    expected = result.actual;
  }
  assert.fail(`an append met ${RETRIES_MAX} conflicts`);
}

/** Follows the log until the writers have ended and nothing is left to read. */
async function follow(
  store: ReservationStore,
  limit: number,
  writers: { readonly ended: boolean },
): Promise<readonly number[]> {
  const positions: number[] = [];
  while (positions.length <= FOLLOWED_MAX) {
    const { ended } = writers;
    const page = await store.events.readAll({ after: positions.at(-1) ?? 0, limit });
    if (ended && page.length === 0) break;
    positions.push(...page.map(({ position }) => position));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return positions;
}

/** What holds when many write at once. */
export const raceCases: readonly StoreContractCase[] = [
  onStore(`of ${WRITERS} appends at "none" exactly one wins, the others get its version and its event`, (store) =>
    race(store, 'none'),
  ),

  onStore(
    `of ${WRITERS} appends at one version exactly one wins, the others get the true version and event`,
    async (store) => {
      await appended(store, exampleAppend(stream));
      await race(store, 1);
    },
  ),

  onStore('writers that retry at the version they were told lose nothing', async (store) => {
    await Promise.all(oneTo(20).map((n) => appendEventually(store, n)));
    const events = await store.events.readStream(stream, { after: 0, limit: 100 });
    assert.deepEqual(
      events.map(({ version }) => version),
      oneTo(20),
    );
    assert.deepEqual(new Set(events.map(({ id }) => id)), new Set(oneTo(20).map((n) => exampleEvent(n).id)));
  }),

  onStore('one command sent many times at once is executed once', async (store) => {
    const command = exampleAppend(stream, { events: [exampleEvent(1), exampleEvent(2)] });
    const results = await Promise.all(oneTo(WRITERS).map(() => store.events.append(command)));
    assert.deepEqual(
      results,
      oneTo(WRITERS).map(() => ({ kind: 'appended', version: 2, position: 2 })),
    );
    assert.deepEqual(await wholeLog(store), recordedBy(command, { version: 1, position: 1 }));
  }),

  onStore('positions are gapless across streams that are written at once', async (store) => {
    const positions = await Promise.all(
      oneTo(WRITERS).map((n) => appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n)] }))),
    );
    assert.deepEqual(
      [...positions].sort((a, b) => a - b),
      oneTo(WRITERS),
    );
    const log = await wholeLog(store);
    assert.deepEqual(
      log.map(({ position }) => position),
      oneTo(WRITERS),
    );
    assert.deepEqual(
      log.map((event) => event.stream),
      oneTo(WRITERS).map((position) => exampleId(positions.indexOf(position) + 1)),
    );
  }),

  onStore('appends that do not hold leave no gap in the positions', async (store) => {
    const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
    await appended(store, exampleAppend(stream, { inlineWrites: { ...NOTHING_ALONGSIDE, key } }));
    const requests = oneTo(20).flatMap((n) => {
      const events = [exampleEvent(10 * n), exampleEvent(10 * n + 1)];
      const elsewhere = exampleAppend(exampleId(100 + n), { events });
      const leaseLost = {
        ...NOTHING_ALONGSIDE,
        work: { change: 'remove', ...exampleCharge(100 + n), onlyIfLeasedBy: 'nobody' },
      } as const;
      return [
        exampleAppend(stream, { events }),
        { ...elsewhere, inlineWrites: { ...NOTHING_ALONGSIDE, key } },
        { ...elsewhere, inlineWrites: leaseLost },
        exampleAppend(exampleId(200 + n), { events }),
      ];
    });
    const results = await Promise.all(requests.map((request) => store.events.append(request)));
    assert.deepEqual(
      results.map(({ kind }) => kind),
      oneTo(20).flatMap(() => ['conflict', 'key-taken', 'lease-lost', 'appended']),
    );
    assert.deepEqual(
      (await wholeLog(store)).map(({ position }) => position),
      oneTo(41),
    );
  }),

  onStore('a reader that follows the log sees each event once and in order while others write', async (store) => {
    const writers = { ended: false };
    async function write(writer: number): Promise<void> {
      for (const step of oneTo(10)) {
        const n = writer * 100 + step;
        await appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n), exampleEvent(n + 5_000)] }));
      }
    }
    async function writeAll(): Promise<void> {
      await Promise.all(oneTo(10).map(write));
      writers.ended = true;
    }
    const [everyone, oneByOne] = await Promise.all([
      follow(store, 1_000, writers),
      follow(store, 3, writers),
      writeAll(),
    ]);
    assert.deepEqual(everyone, oneTo(200));
    assert.deepEqual(oneByOne, oneTo(200));
  }),

  onStore(
    `of ${WRITERS} streams that claim one key exactly one gets it, and the others leave no trace`,
    async (store) => {
      const requests = oneTo(WRITERS).map((n) =>
        exampleAppend(exampleId(n), {
          events: [exampleEvent(n)],
          inlineWrites: {
            ...NOTHING_ALONGSIDE,
            key: { kind: 'claim', scope: 'caller', key: 'key', fingerprint: `body-${n}` },
          },
        }),
      );
      const results = await Promise.all(requests.map((request) => store.events.append(request)));
      const winner = results.findIndex(({ kind }) => kind === 'appended');
      const winning = requests[winner];
      assert(winning !== undefined, 'one claim must win');
      const lost: AppendResult = {
        kind: 'key-taken',
        stream: winning.stream,
        fingerprint: `body-${winner + 1}`,
      };
      assert.deepEqual(
        results,
        requests.map((_, index): AppendResult =>
          index === winner ? { kind: 'appended', version: 1, position: 1 } : lost,
        ),
      );
      assert.deepEqual(await wholeLog(store), recordedBy(winning, { version: 1, position: 1 }));
    },
  ),

  onStore(`of ${WRITERS} streams that claim a key while it is released one at the most gets it`, async (store) => {
    const name = { scope: 'caller', key: 'key' };
    const claims = (n: number, from: number): readonly AppendRequest[] =>
      oneTo(n).map((index) => {
        const key = { kind: 'claim', ...name, fingerprint: 'body' } as const;
        const events = [exampleEvent(from + index)];
        return exampleAppend(exampleId(from + index), { events, inlineWrites: { ...NOTHING_ALONGSIDE, key } });
      });
    const [first] = claims(1, 0);
    assert(first !== undefined);
    await appended(store, first);
    const release = exampleAppend(first.stream, {
      expected: 1,
      events: [exampleEvent(1_000)],
      inlineWrites: { ...NOTHING_ALONGSIDE, key: { kind: 'release', ...name } },
    });
    const early = claims(WRITERS / 2, 100);
    const late = claims(WRITERS / 2, 200);
    const results = await Promise.all([...early, release, ...late].map((request) => store.events.append(request)));
    assert.equal(results[early.length]?.kind, 'appended', 'a release is never refused');
    const claimed = results.filter((_, index) => index !== early.length);
    assert(claimed.filter(({ kind }) => kind === 'appended').length <= 1, 'one stream has the key');
    assert(claimed.every(({ kind }) => kind === 'appended' || kind === 'key-taken'));
    const after = await Promise.all(claims(WRITERS, 300).map((request) => store.events.append(request)));
    const winners = [...claimed, ...after].filter(({ kind }) => kind === 'appended');
    assert.equal(winners.length, 1, 'exactly one stream has the key in the end');
  }),
];
