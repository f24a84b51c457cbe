import assert from 'node:assert/strict';
import type { KeyClaim, PaymentChange } from '../../ports/alongside.ts';
import type { AppendRequest } from '../../ports/event-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary } from '../builders.ts';
import { appended, type StoreContractCase, onStore, snapshot } from './case.ts';

const claim: KeyClaim = { scope: 'caller', key: 'key', fingerprint: 'body' };

/** An append that opens the n-th reservation under a key. */
function open(n: number, claimed: KeyClaim | null, payment?: PaymentChange): AppendRequest {
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n)],
    alongside: {
      summary: exampleSummary(exampleId(n)),
      payment: payment ?? { kind: 'enqueue', owner: `lease-${n}`, openedAt: 1_000, leaseUntil: 2_000 },
      claim: claimed,
    },
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
    const removal = { kind: 'remove', onlyIfLeasedBy: 'nobody' } as const;
    assert.equal((await store.events.append(open(2, claim, removal))).kind, 'lease-lost');
    assert.equal(await store.view.findByKey(claim), null);
  }),
];

/** What ties an idempotency key to one stream. */
export const keyCases: readonly StoreContractCase[] = [
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
    const later = { ...open(1, claim, { kind: 'keep' }), expected: 1, commandId: 'later' } as const;
    assert.deepEqual(await store.events.append(later), { kind: 'appended', version: 2, position: 2 });
    assert.equal((await store.events.append(open(2, claim))).kind, 'key-taken');
  }),

  onStore('a key is claimed once, by its own stream too', async (store) => {
    await appended(store, open(1, claim));
    const again = { ...open(1, claim, { kind: 'keep' }), expected: 1, commandId: 'again' } as const;
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
    const removal = { kind: 'remove', onlyIfLeasedBy: 'nobody' } as const;
    assert.deepEqual(await store.events.append(open(1, claim, removal)), { kind: 'lease-lost' });
    await appended(store, open(2, claim));
  }),

  onStore('a conflict is told before a taken key, a taken key before a lost lease', async (store) => {
    await appended(store, open(1, claim));
    const removal = { kind: 'remove', onlyIfLeasedBy: 'nobody' } as const;
    const everything = { ...open(1, claim, removal), commandId: 'everything is wrong' };
    assert.equal((await store.events.append(everything)).kind, 'conflict');
    assert.equal((await store.events.append({ ...everything, expected: 1 })).kind, 'key-taken');
    const free = { ...claim, key: 'free' };
    const leaseOnly = { ...everything, expected: 1, alongside: { ...everything.alongside, claim: free } } as const;
    assert.equal((await store.events.append(leaseOnly)).kind, 'lease-lost');
  }),
];
