import { statSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Observation } from '../../../ports/observer.ts';
import { exampleAppend, exampleEvent, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { openSqliteStore } from '../open/open.ts';
import { createTestDirectories } from '../test-support.ts';

const directories = createTestDirectories();
afterAll(() => directories.remove());

const key = { scope: 'anonymous', key: 'k', fingerprint: 'f' } as const;

test('a group of appends is observed as one commit, with what became of each', async () => {
  const seen: Observation[] = [];
  const store = await openSqliteStore({
    path: await directories.newPath(),
    observer: [
      (observation) => seen.push(observation),
      () => {
        throw new Error('ignored');
      },
    ],
  });
  const first = exampleAppend('a', { events: [exampleEvent(1), exampleEvent(2)] });
  const claim = { ...NOTHING_ALONGSIDE, key: { kind: 'claim', ...key } } as const;
  await Promise.all([
    store.events.append(first),
    store.events.append(first),
    store.events.append(exampleAppend('a', { events: [exampleEvent(3)] })),
    store.events.append(exampleAppend('b', { events: [exampleEvent(4)], inlineWrites: claim })),
    store.events.append(exampleAppend('c', { events: [exampleEvent(5)], inlineWrites: claim })),
  ]);
  await store.work.take({ kind: 'charge', owner: 'w', now: 1, leaseUntil: 2, limit: 1 });
  await store.events.append(exampleAppend('d', { events: [exampleEvent(6)] }));
  await store.close();
  const written = { replays: 0, conflicts: 0, keysTaken: 0, leasesLost: 0 };
  const times = { waitMs: expect.any(Number), durationMs: expect.any(Number) };
  expect(seen).toEqual([
    {
      kind: 'appends-committed',
      appends: 5,
      events: 3,
      replays: 1,
      conflicts: 1,
      keysTaken: 1,
      leasesLost: 0,
      ...times,
    },
    { kind: 'appends-committed', appends: 1, events: 1, ...written, ...times },
  ]);
  for (const observation of seen) {
    if (observation.kind !== 'appends-committed') continue;
    expect(observation.waitMs).toBeGreaterThanOrEqual(0);
    expect(observation.durationMs).toBeGreaterThan(0);
  }
});

test('an append that is refused for its own fault is not counted with the others of its group', async () => {
  const seen: Observation[] = [];
  const store = await openSqliteStore({ path: ':memory:', observer: (observation) => seen.push(observation) });
  const enqueue = { change: 'enqueue', kind: 'charge', id: 'a', owner: 'w', openedAt: 1, leaseUntil: 2 } as const;
  const queued = { ...NOTHING_ALONGSIDE, work: enqueue };
  await store.events.append(exampleAppend('a', { events: [exampleEvent(1)], inlineWrites: queued }));
  const twice = exampleAppend('a', { expected: 1, events: [exampleEvent(2)], inlineWrites: queued });
  const other = exampleAppend('b', { events: [exampleEvent(3)] });
  await Promise.allSettled([store.events.append(twice), store.events.append(other)]);
  await store.close();
  expect(seen).toMatchObject([
    { appends: 1, events: 1 },
    { appends: 1, events: 1 },
  ]);
});

test('the sizes of the files are those on disk: commits are in the write-ahead log until it is checkpointed', async () => {
  const path = await directories.newPath();
  const store = await openSqliteStore({ path });
  const before = store.files();
  await store.events.append(exampleAppend('a', { events: [exampleEvent(1)] }));
  const { databaseBytes, walBytes } = store.files();
  expect([databaseBytes, walBytes]).toEqual([statSync(path).size, statSync(`${path}-wal`).size]);
  expect(walBytes).toBeGreaterThan(before.walBytes);
  await store.close();
});

test('a store in memory has no files', async () => {
  const store = await openSqliteStore({ path: ':memory:' });
  expect(store.files()).toEqual({ databaseBytes: 0, walBytes: 0 });
  await store.close();
});
