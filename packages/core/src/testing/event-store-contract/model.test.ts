import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { PaymentChange } from '../../ports/alongside.ts';
import type { AppendRequest, ExpectedVersion } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleEvent, exampleId, exampleSummary } from '../builders.ts';
import { snapshot } from './case.ts';

const SEED = 20_261_122;
const RUNS = 300;

/** Something that is done to a store; everything it answers, a fault included, is compared. */
type Operation = (store: ReservationStore) => Promise<unknown>;

// A small world, so that operations meet each other.
const id = fc.integer({ min: 1, max: 3 }).map(exampleId);
const owner = fc.constantFrom('lease-1', 'lease-2', 'lease-3');
const time = fc.integer({ min: 0, max: 6 });
const expected: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('none' as const) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }) },
);

const payment: fc.Arbitrary<PaymentChange> = fc.oneof(
  fc.constant({ kind: 'keep' as const }),
  fc.record({ kind: fc.constant('enqueue' as const), owner, openedAt: time, leaseUntil: time }),
  fc.record({ kind: fc.constant('release' as const), owner, dueAt: time, lastOutcome: fc.string() }),
  fc.record({ kind: fc.constant('remove' as const), onlyIfLeasedBy: fc.option(owner) }),
);

const claim = fc.record({
  scope: fc.constantFrom('caller', 'another'),
  key: fc.constantFrom('key-1', 'key-2'),
  fingerprint: fc.constantFrom('body-1', 'body-2'),
});

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
    payment,
    claim: fc.option(claim),
  })
  .map(({ stage, userId, payment: change, claim: key, ...rest }) => {
    const summary = stage === null ? null : exampleSummary(rest.stream, { stage, userId });
    const request: AppendRequest = { ...rest, alongside: { summary, payment: change, claim: key } };
    return (store) => store.events.append(request);
  });

const queueWork: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ owner, now: time, lease: fc.integer({ min: 0, max: 4 }), limit: fc.integer({ min: 1, max: 3 }) }).map(
    ({ lease, ...request }): Operation =>
      (store) =>
        store.payments.take({ ...request, leaseUntil: request.now + lease }),
  ),
  fc.record({ reservationId: id, owner, dueAt: time, lastOutcome: fc.string() }).map(
    (request): Operation =>
      (store) =>
        store.payments.release(request),
  ),
);

const operation = fc.oneof({ weight: 3, arbitrary: append }, { weight: 1, arbitrary: queueWork });

/** What an operation came to: a value, or the fact of a fault. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => ({ value }),
    () => 'fault',
  );
}

/** All that is seen of a store by listings with every filter, and by streams. */
async function views(store: ReservationStore): Promise<unknown> {
  const seen = [];
  for (const userId of [null, 'user_1', 'user_2']) {
    for (const stage of [null, 'processing', 'confirmed'] as const) {
      for (const after of [null, exampleId(1)]) {
        for (const limit of [1, 2, 10]) seen.push(await store.view.list({ userId, stage, after, limit }));
      }
    }
  }
  for (const n of [1, 2, 3]) {
    seen.push(await store.view.find(exampleId(n)));
    seen.push(await store.events.readStream(exampleId(n), { after: 0, limit: 1_000 }));
  }
  return seen;
}

describe('the SQLite store', () => {
  it('answers every operation as the memory store does, alone and in groups', { timeout: 120_000 }, async () => {
    const batches = fc.array(fc.array(operation, { minLength: 1, maxLength: 8 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(batches, async (generated) => {
        const model = createMemoryStore();
        const store = await openSqliteStore({ path: ':memory:' });
        try {
          for (const batch of generated) {
            const wanted = [];
            for (const work of batch) wanted.push(await outcome(work(model)));
            // One group: several writes in one transaction.
            expect(await Promise.all(batch.map((work) => outcome(work(store))))).toEqual(wanted);
          }
          expect(await snapshot(store)).toEqual(await snapshot(model));
          expect(await views(store)).toEqual(await views(model));
        } finally {
          await store.close();
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
