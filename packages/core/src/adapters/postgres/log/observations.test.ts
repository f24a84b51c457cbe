import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Observation } from '../../../ports/observer.ts';
import { exampleAppend, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';
import { createTestSchemas, type TestSchemas } from '../test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

test('a group of appends is observed as one commit, with what became of each', async () => {
  const seen: Observation[] = [];
  const store = await openPostgresStore({
    connectionString: await schemas.newSchema(),
    observer: [
      (observation) => seen.push(observation),
      () => {
        throw new Error('ignored');
      },
    ],
  });
  const [a, b, c, d] = [exampleId(1), exampleId(2), exampleId(3), exampleId(4)];
  const first = exampleAppend(a, { events: [exampleEvent(1), exampleEvent(2)] });
  const key = { scope: 'anonymous', key: 'k', fingerprint: 'f' } as const;
  const claim = { ...NOTHING_ALONGSIDE, key: { kind: 'claim', ...key } } as const;
  await store.events.append(first);
  await store.events.append(exampleAppend(b, { events: [exampleEvent(3)], inlineWrites: claim }));
  await Promise.all([
    store.events.append(first),
    store.events.append(exampleAppend(b, { events: [exampleEvent(4)] })),
    store.events.append(exampleAppend(c, { events: [exampleEvent(5)], inlineWrites: claim })),
    store.events.append(exampleAppend(d, { events: [exampleEvent(6), exampleEvent(7)] })),
  ]);
  await store.close();
  const single = { kind: 'appends-committed', appends: 1, replays: 0, conflicts: 0, keysTaken: 0, leasesLost: 0 };
  const times = { waitMs: expect.any(Number), durationMs: expect.any(Number) };
  expect(seen).toEqual([
    { ...single, events: 2, ...times },
    { ...single, events: 1, ...times },
    {
      kind: 'appends-committed',
      appends: 4,
      events: 2,
      replays: 1,
      conflicts: 1,
      keysTaken: 1,
      leasesLost: 0,
      ...times,
    },
  ]);
  for (const observation of seen) {
    if (observation.kind !== 'appends-committed') continue;
    expect(observation.waitMs).toBeGreaterThanOrEqual(0);
    expect(observation.durationMs).toBeGreaterThan(0);
  }
});

test('the pool can be watched: a connection in use is not idle', async () => {
  const store = await openPostgresStore({ connectionString: await schemas.newSchema(), poolMax: 3 });
  await store.events.lastPosition();
  await expect.poll(() => store.pool()).toMatchObject({ inUse: 0, waiting: 0, max: 3 });
  expect(store.pool().idle).toBeGreaterThan(0);
  let inUse = 0;
  for (let turn = 0; turn < 1_000 && inUse === 0; turn += 1) {
    const read = store.events.lastPosition();
    await new Promise(setImmediate);
    inUse = store.pool().inUse;
    await read;
  }
  expect(inUse).toBeGreaterThan(0);
  await expect.poll(() => store.pool()).toMatchObject({ inUse: 0, waiting: 0 });
  await store.close();
});
