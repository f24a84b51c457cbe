import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { createTestSchemas, schemaOf, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openPostgresStore } from '../../adapters/postgres/index.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { KeyChange, WorkChange } from '../../ports/inline-writes.ts';
import type { AppendRequest, ExpectedVersion } from '../../ports/event-store.ts';
import type { ListKey } from '../../ports/reservation-view.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleEvent, exampleId, exampleSummary } from '../builders.ts';
import { snapshot } from './case.ts';

const SEED = 20_261_122;
const RUNS = 300;

/** Something that is done to a store; everything it answers, a fault included, is compared. */
interface Operation {
  run(store: ReservationStore): Promise<unknown>;
  /** What it has to itself in a group that several servers may commit: stream and key, or "queue". */
  readonly names: readonly string[];
}

// A small world, so that operations meet each other.
const id = fc.integer({ min: 1, max: 3 }).map(exampleId);
const owner = fc.constantFrom('lease-1', 'lease-2', 'lease-3');
const time = fc.integer({ min: 0, max: 6 });
const expected: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('none' as const) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }) },
);

/** A kind of a later release. */
const OTHER_KIND = 'other-kind' as 'charge';
const item = { kind: fc.constantFrom('charge' as const, OTHER_KIND), id };

const work: fc.Arbitrary<WorkChange> = fc.oneof(
  fc.constant({ change: 'keep' as const }),
  fc.record({ change: fc.constant('enqueue' as const), ...item, owner, openedAt: time, leaseUntil: time }),
  fc.record({ change: fc.constant('release' as const), ...item, owner, dueAt: time, lastOutcome: fc.string() }),
  fc.record({ change: fc.constant('remove' as const), ...item, onlyIfLeasedBy: fc.option(owner) }),
);

const name = { scope: fc.constantFrom('caller', 'another'), key: fc.constantFrom('key-1', 'key-2') };

const key: fc.Arbitrary<KeyChange> = fc.oneof(
  fc.constant({ kind: 'keep' as const }),
  fc.record({ kind: fc.constant('claim' as const), ...name, fingerprint: fc.constantFrom('body-1', 'body-2') }),
  fc.record({ kind: fc.constant('release' as const), ...name }),
);

const event = fc
  .record({ n: fc.nat(999), text: fc.string({ unit: 'binary' }), number: fc.double({ noNaN: true }) })
  .map(({ n, text, number }) => exampleEvent(n, { data: { text, number: number + 0 } }));

const append: fc.Arbitrary<Operation> = fc
  .record({
    stream: id,
    expected,
    events: fc.array(event, { minLength: 1, maxLength: 3 }),
    commandId: fc.integer({ min: 1, max: 40 }).map((n) => `command-${n}`),
    stage: fc.option(fc.constantFrom('processing' as const, 'confirmed' as const)),
    userId: fc.constantFrom('user_1', 'user_2'),
    transactionId: fc.constantFrom(null, 'TXN-1', 'TXN-2'),
    caller: fc.constantFrom('anonymous', 'shop'),
    reference: fc.constantFrom(null, 'order-1', 'order-2'),
    work,
    key,
  })
  .map(({ stage, userId, transactionId, caller, reference, work: change, key: keyChange, ...rest }) => {
    const row = { userId, transactionId, caller, reference };
    const summary = stage === null ? null : exampleSummary(rest.stream, { stage, ...row });
    const request: AppendRequest = { ...rest, inlineWrites: { summary, work: change, key: keyChange } };
    const names: string[] = [rest.stream];
    if (keyChange.kind !== 'keep') names.push(`${keyChange.scope}/${keyChange.key}`);
    if (change.change !== 'keep') names.push(`${change.kind} ${change.id}`);
    return { run: (store) => store.events.append(request), names };
  });

const queueWork: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({
      kind: item.kind,
      owner,
      now: time,
      lease: fc.integer({ min: 0, max: 4 }),
      limit: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ lease, ...request }): Operation => ({
      run: (store) => store.work.take({ ...request, leaseUntil: request.now + lease }),
      names: ['queue'],
    })),
  fc
    .record({ ...item, owner, dueAt: time, lastOutcome: fc.string() })
    .map((request): Operation => ({ run: (store) => store.work.release(request), names: ['queue'] })),
);

const operation = fc.oneof({ weight: 3, arbitrary: append }, { weight: 1, arbitrary: queueWork });

/** What an operation came to: a value, or the fact of a fault. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => ({ value }),
    () => 'fault',
  );
}

const KEYS: readonly (ListKey | null)[] = [
  null,
  ...['user_1', 'user_2'].map((value) => ({ field: 'userId', value }) as const),
  ...(['processing', 'confirmed'] as const).map((value) => ({ field: 'stage', value }) as const),
  { field: 'caller', value: 'shop' },
  { field: 'reference', value: 'order-1' },
  { field: 'transactionId', value: 'TXN-1' },
];

/** All that is seen of a store by listings of every kind, and by streams. */
async function views(store: ReservationStore): Promise<unknown> {
  const seen = [];
  for (const by of KEYS) {
    for (const order of ['asc', 'desc'] as const) {
      for (const after of [null, exampleId(1), exampleId(2)]) {
        for (const limit of [1, 2, 10]) seen.push(await store.view.list({ by, order, after, limit }));
      }
    }
  }
  for (const transactionId of ['TXN-1', 'TXN-2']) seen.push(await store.view.findByTransaction(transactionId));
  for (const scope of ['caller', 'another']) {
    for (const key of ['key-1', 'key-2']) seen.push(await store.view.findByKey({ scope, key }));
  }
  for (const n of [1, 2, 3]) {
    seen.push(await store.view.find(exampleId(n)));
    seen.push(await store.events.readStream(exampleId(n), { after: 0, limit: 1_000 }));
  }
  return seen;
}

const batches = fc.array(fc.array(operation, { minLength: 1, maxLength: 8 }), { maxLength: 12 });

/** Does the batches to the memory store one by one, to `store` in the groups that `split` makes, and compares. */
async function compare(
  store: ReservationStore,
  generated: readonly (readonly Operation[])[],
  split: (batch: readonly Operation[]) => readonly (readonly Operation[])[],
): Promise<void> {
  const model = createMemoryStore();
  for (const group of generated.flatMap(split)) {
    const wanted = [];
    for (const work of group) wanted.push(await outcome(work.run(model)));
    expect(await Promise.all(group.map((work) => outcome(work.run(store))))).toEqual(wanted);
  }
  expect(await snapshot(store)).toEqual(await snapshot(model));
  expect(await views(store)).toEqual(await views(model));
}

/** Cuts a batch where an operation meets one before it: what is asked for at once of a server may end in any order. */
function withoutMeetings(batch: readonly Operation[]): readonly (readonly Operation[])[] {
  const groups: Operation[][] = [];
  let taken = new Set<string>();
  for (const work of batch) {
    const isAlone = work.names.includes('queue') || taken.has('queue');
    if (isAlone || groups.length === 0 || work.names.some((name) => taken.has(name))) {
      groups.push([]);
      taken = new Set();
    }
    groups.at(-1)?.push(work);
    for (const name of work.names) taken.add(name);
  }
  return groups;
}

describe('the SQLite store', () => {
  test('answers every operation as the memory store does, alone and in groups', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (generated) => {
        const store = await openSqliteStore({ path: ':memory:' });
        try {
          await compare(store, generated, (batch) => [batch]);
        } finally {
          await store.close();
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});

describe('the PostgreSQL store', () => {
  let schemas: TestSchemas;
  let store: ReservationStore;
  let empty: () => Promise<unknown>;

  beforeAll(async () => {
    schemas = await createTestSchemas(inject('postgresUrl'));
    const connectionString = await schemas.newSchema();
    store = await openPostgresStore({ connectionString });
    empty = () =>
      schemas.database.query(
        `set search_path = ${schemaOf(connectionString)};
         truncate events, reservations, due_work, idempotency_keys`,
      );
  });

  afterAll(async () => {
    await store.close();
    await schemas.database.drop();
  });

  test('answers every operation as the memory store does, alone and in groups', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (generated) => {
        await empty();
        await compare(store, generated, withoutMeetings);
      }),
      { seed: SEED, numRuns: RUNS / 3 },
    );
  });
});
