import assert from 'node:assert/strict';
import type { KeyClaim, KeyName, WorkChange } from '../../ports/inline-writes.ts';
import type { AppendRequest } from '../../ports/event-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, exampleSummary } from '../builders.ts';
import { appended, type StoreContractCase, onStore, snapshot } from './case.ts';

const claim: KeyClaim = { scope: 'caller', key: 'key', fingerprint: 'body' };

/** An append that opens the n-th reservation under a key. */
function open(n: number, claimed: KeyClaim | null, work?: WorkChange): AppendRequest {
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n)],
    inlineWrites: {
      summary: exampleSummary(exampleId(n)),
      work: work ?? { change: 'enqueue', ...exampleCharge(n), owner: `lease-${n}`, openedAt: 1_000, leaseUntil: 2_000 },
      key: claimed === null ? { kind: 'keep' } : { kind: 'claim', ...claimed },
    },
  });
}

/** An append of the second event of the n-th reservation, which releases a key. */
function release(n: number, name: KeyName, work: WorkChange = { change: 'keep' }): AppendRequest {
  const { scope, key } = name;
  return exampleAppend(exampleId(n), {
    expected: 1,
    events: [exampleEvent(1_000 + n)],
    inlineWrites: { summary: null, work, key: { kind: 'release', scope, key } },
  });
}

/** What a look-up of a key finds. */
const lookUps: readonly StoreContractCase[] = [
  onStore('a key is found with its stream and fingerprint as soon as its append is acknowledged', async (store) => {
    assert.equal(await store.view.findByKey(claim), null);
    await appended(store, open(1, claim));
    assert.deepEqual(await store.view.findByKey(claim), { stream: exampleId(1), fingerprint: 'body' });
  }),

  onStore('a key is found in its own scope, and letter by letter', async (store) => {
    await appended(store, open(1, claim));
    await appended(store, open(2, { ...claim, scope: 'another caller', fingerprint: 'Grüße 🎫 "\\' }));
    assert.deepEqual(await store.view.findByKey({ ...claim, scope: 'another caller' }), {
      stream: exampleId(2),
      fingerprint: 'Grüße 🎫 "\\',
    });
    for (const other of [{ scope: 'Caller' }, { scope: '' }, { key: 'KEY' }, { key: 'key ' }, { key: 'ke' }]) {
      assert.equal(await store.view.findByKey({ ...claim, ...other }), null, JSON.stringify(other));
    }
  }),

  onStore('a key is found with what claimed it first', async (store) => {
    await appended(store, open(1, claim));
    await store.events.append(open(2, { ...claim, fingerprint: 'another body' }));
    assert.deepEqual(await store.view.findByKey(claim), { stream: exampleId(1), fingerprint: 'body' });
  }),

  onStore('a key is not found when the append that asked for it does not hold', async (store) => {
    await appended(store, open(1, null));
    assert.equal((await store.events.append({ ...open(1, claim), commandId: 'late' })).kind, 'conflict');
    const removal = { change: 'remove', ...exampleCharge(2), onlyIfLeasedBy: 'nobody' } as const;
    assert.equal((await store.events.append(open(2, claim, removal))).kind, 'lease-lost');
    assert.equal(await store.view.findByKey(claim), null);
  }),
];

/** What binds an idempotency key to one stream. */
const claimCases: readonly StoreContractCase[] = [
  ...lookUps,

  onStore('a key that is taken is answered with its stream and fingerprint, and nothing is written', async (store) => {
    await appended(store, open(1, claim));
    const before = await snapshot(store);
    const late = open(2, { ...claim, fingerprint: 'another body' });
    assert.deepEqual(await store.events.append(late), {
      kind: 'key-taken',
      stream: exampleId(1),
      fingerprint: 'body',
    });
    assert.deepEqual(await snapshot(store), before);
  }),

  onStore('a key that is taken is still taken after it was asked for in vain', async (store) => {
    await appended(store, open(1, claim));
    const taken = { kind: 'key-taken', stream: exampleId(1), fingerprint: 'body' };
    for (const n of [2, 3, 2]) assert.deepEqual(await store.events.append(open(n, claim)), taken);
  }),

  onStore("another caller's same key is another key", async (store) => {
    await appended(store, open(1, claim));
    await appended(store, open(2, { ...claim, scope: 'another caller' }));
    assert.deepEqual(await store.events.append(open(3, { ...claim, scope: 'another caller' })), {
      kind: 'key-taken',
      stream: exampleId(2),
      fingerprint: 'body',
    });
  }),

  onStore('keys that are alike are different keys', async (store) => {
    const alike = [
      ['a', 'b:c'],
      ['a:b', 'c'],
      ['a', 'b","c'],
      ['', 'ab'],
      ['ab', ''],
      ['a', 'B:C'],
      ['A', 'b:c'],
      ['a', 'b:c '],
    ] as const;
    for (const [index, [scope, key]] of alike.entries())
      await appended(store, open(index + 1, { ...claim, scope, key }));
  }),

  onStore('a key may be claimed by a later append of a stream', async (store) => {
    await appended(store, open(1, null));
    const later = { ...open(1, claim, { change: 'keep' }), expected: 1, commandId: 'later' } as const;
    assert.deepEqual(await store.events.append(later), { kind: 'appended', version: 2, position: 2 });
    assert.equal((await store.events.append(open(2, claim))).kind, 'key-taken');
  }),

  onStore('a key is claimed once, by its own stream too', async (store) => {
    await appended(store, open(1, claim));
    const again = { ...open(1, claim, { change: 'keep' }), expected: 1, commandId: 'again' } as const;
    assert.deepEqual(await store.events.append(again), {
      kind: 'key-taken',
      stream: exampleId(1),
      fingerprint: 'body',
    });
  }),

  onStore('an append that meets a conflict claims no key', async (store) => {
    await appended(store, open(1, null));
    assert.equal((await store.events.append({ ...open(1, claim), commandId: 'late' })).kind, 'conflict');
    await appended(store, open(2, claim));
  }),

  onStore('an append that lost its lease claims no key', async (store) => {
    const removal = { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'nobody' } as const;
    assert.deepEqual(await store.events.append(open(1, claim, removal)), { kind: 'lease-lost' });
    await appended(store, open(2, claim));
  }),

  onStore('a conflict is told before a taken key, a taken key before a lost lease', async (store) => {
    await appended(store, open(1, claim));
    const removal = { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'nobody' } as const;
    const everything = { ...open(1, claim, removal), commandId: 'everything is wrong' };
    assert.equal((await store.events.append(everything)).kind, 'conflict');
    assert.equal((await store.events.append({ ...everything, expected: 1 })).kind, 'key-taken');
    const free = { kind: 'claim', ...claim, key: 'free' } as const;
    const leaseOnly = { ...everything, expected: 1, inlineWrites: { ...everything.inlineWrites, key: free } } as const;
    assert.equal((await store.events.append(leaseOnly)).kind, 'lease-lost');
  }),
];

/** What frees an idempotency key, and what does not. */
const releaseCases: readonly StoreContractCase[] = [
  onStore('a released key is free: another stream may claim it, with another body too', async (store) => {
    await appended(store, open(1, claim));
    assert.deepEqual(await store.events.append(release(1, claim)), { kind: 'appended', version: 2, position: 2 });
    assert.equal(await store.view.findByKey(claim), null);
    await appended(store, open(2, { ...claim, fingerprint: 'another body' }));
    assert.deepEqual(await store.events.append(open(3, claim)), {
      kind: 'key-taken',
      stream: exampleId(2),
      fingerprint: 'another body',
    });
  }),

  onStore('a key may be released and claimed again, time after time', async (store) => {
    for (const n of [1, 2, 3]) {
      await appended(store, open(n, claim));
      await appended(store, release(n, claim));
    }
    await appended(store, open(4, claim));
  }),

  onStore('a release leaves alone a key that another stream claimed since, and is not refused', async (store) => {
    await appended(store, open(1, claim));
    await appended(store, release(1, claim));
    await appended(store, open(2, claim));
    const later = { ...release(1, claim), expected: 2, events: [exampleEvent(50)], commandId: 'later' } as const;
    assert.deepEqual(await store.events.append(later), { kind: 'appended', version: 3, position: 4 });
    assert.equal((await store.events.append(open(3, claim))).kind, 'key-taken');
  }),

  onStore(
    'an append that is repeated does not release the key again, whichever stream has it by now',
    async (store) => {
      await appended(store, open(1, claim));
      await appended(store, release(1, claim));
      await appended(store, open(2, claim));
      assert.deepEqual(await store.events.append(release(1, claim)), { kind: 'appended', version: 2, position: 2 });
      assert.deepEqual(await store.events.append(open(3, claim)), {
        kind: 'key-taken',
        stream: exampleId(2),
        fingerprint: 'body',
      });
      // Its own stream may have claimed the key anew.
      const again = { kind: 'claim', ...claim, key: 'again' } as const;
      const inlineWrites = { summary: null, work: { change: 'keep' }, key: again } as const;
      await appended(store, exampleAppend(exampleId(5), { events: [exampleEvent(5)], inlineWrites }));
      await appended(store, release(5, again));
      const anew = { expected: 2, events: [exampleEvent(55)], inlineWrites } as const;
      await appended(store, exampleAppend(exampleId(5), anew));
      await appended(store, release(5, again));
      assert.equal((await store.events.append(open(6, again))).kind, 'key-taken');
    },
  ),

  onStore('an append that does not hold releases no key', async (store) => {
    await appended(store, open(1, claim));
    const lostLease = release(1, claim, { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'another lease' });
    assert.equal((await store.events.append({ ...lostLease, commandId: 'lost' })).kind, 'lease-lost');
    assert.equal((await store.events.append(open(2, claim))).kind, 'key-taken');
    assert.equal((await store.events.append({ ...release(1, claim), expected: 7 })).kind, 'conflict');
    assert.equal((await store.events.append(open(2, claim))).kind, 'key-taken');
  }),

  onStore('a release frees the key of its own caller and name only', async (store) => {
    await appended(store, open(1, claim));
    await appended(store, open(2, { ...claim, scope: 'another caller' }));
    await appended(store, open(3, { ...claim, key: 'another key' }));
    await appended(store, release(1, claim));
    assert.equal((await store.events.append(open(4, { ...claim, scope: 'another caller' }))).kind, 'key-taken');
    assert.equal((await store.events.append(open(4, { ...claim, key: 'another key' }))).kind, 'key-taken');
  }),

  onStore('a key that no stream claimed may be released, without effect', async (store) => {
    await appended(store, open(1, null));
    assert.deepEqual(await store.events.append(release(1, claim)), { kind: 'appended', version: 2, position: 2 });
    await appended(store, open(2, claim));
  }),
];

/** How idempotency keys are bound and freed. */
export const keyCases: readonly StoreContractCase[] = [...claimCases, ...releaseCases];
