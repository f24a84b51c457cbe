import assert from 'node:assert/strict';
import { type ApiKey, API_KEYS_LIMIT_MAX } from '../../ports/api-keys.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleApiKey } from '../builders.ts';
import { onReopenedStore, onStore, oneTo, onTwoStores, snapshot, type StoreContractCase } from './case.ts';

const one = exampleApiKey(1);
const { prefix } = one;
const unused: ApiKey = { ...one, revokedAt: null, lastUsedOn: null };

async function inserted(store: ReservationStore, ...numbers: readonly number[]): Promise<void> {
  for (const n of numbers) assert.equal(await store.apiKeys.insert(exampleApiKey(n)), true);
}

/** A store with the key number 1. */
function onKey(title: string, body: (store: ReservationStore) => Promise<void>): StoreContractCase {
  return onStore(title, async (store) => {
    await inserted(store, 1);
    await body(store);
  });
}

const looking: readonly StoreContractCase[] = [
  onKey('a key is found by its prefix as it was inserted, neither revoked nor used', async ({ apiKeys }) => {
    assert.deepEqual(await apiKeys.find(prefix), unused);
    const endless = { ...exampleApiKey(2), expiresAt: null, scopes: ['a'] };
    assert.equal(await apiKeys.insert(endless), true);
    assert.deepEqual(await apiKeys.find(endless.prefix), { ...endless, revokedAt: null, lastUsedOn: null });
  }),

  onKey('a key is found by its whole prefix only, letter by letter', async ({ apiKeys }) => {
    const others = [
      '',
      'rsv_',
      prefix.slice(0, -1),
      `${prefix}1`,
      prefix.toUpperCase(),
      `${prefix}%`,
      one.hash,
      one.name,
    ];
    for (const other of others) assert.equal(await apiKeys.find(other), null);
  }),

  onKey('a prefix that is taken is not inserted again, and the key stays as it was', async ({ apiKeys }) => {
    assert.equal(await apiKeys.insert({ ...exampleApiKey(2), prefix }), false);
    assert.deepEqual(await apiKeys.find(prefix), unused);
    await apiKeys.revoke({ prefix, at: 5_000 });
    assert.equal(await apiKeys.insert(one), false);
    assert.deepEqual(await apiKeys.find(prefix), { ...unused, revokedAt: 5_000 });
  }),

  onStore('of many insertions with one prefix exactly one is carried out', async ({ apiKeys }) => {
    const results = await Promise.all(oneTo(20).map((n) => apiKeys.insert({ ...exampleApiKey(n), prefix })));
    assert.equal(results.filter(Boolean).length, 1, 'one of twenty insertions of one prefix is carried out');
    const winner = results.findIndex(Boolean) + 1;
    assert.equal((await apiKeys.find(prefix))?.hash, exampleApiKey(winner).hash);
  }),

  onStore('keys are listed in the order of their prefixes, page by page, several of one name', async (store) => {
    const { apiKeys } = store;
    assert.deepEqual(await apiKeys.list({ after: null, limit: 10 }), []);
    await inserted(store, 3, 1, 2);
    const listed = oneTo(3).map((n) => ({ ...exampleApiKey(n), revokedAt: null, lastUsedOn: null }));
    assert.deepEqual(await apiKeys.list({ after: null, limit: API_KEYS_LIMIT_MAX }), listed);
    assert.deepEqual(await apiKeys.list({ after: null, limit: 2 }), listed.slice(0, 2));
    assert.deepEqual(await apiKeys.list({ after: exampleApiKey(2).prefix, limit: 2 }), listed.slice(2));
    assert.deepEqual(await apiKeys.list({ after: exampleApiKey(3).prefix, limit: 2 }), []);
  }),

  onStore('a key that cannot be, or a list without bounds, is refused and leaves no trace', async (store) => {
    const before = await snapshot(store);
    const wrong: readonly Partial<typeof one>[] = [
      { prefix: 'rsv_1' },
      { prefix: `${prefix}_secret` },
      { hash: one.hash.slice(1) },
      { hash: one.hash.toUpperCase() },
      { name: '' },
      { name: 'two words' },
      { scopes: [] },
      { scopes: ['a b'] },
      { scopes: ['a', 'a'] },
    ];
    for (const part of wrong) await assert.rejects(store.apiKeys.insert({ ...one, ...part }));
    for (const limit of [0, -1, 1.5, API_KEYS_LIMIT_MAX + 1]) {
      await assert.rejects(store.apiKeys.list({ after: null, limit }));
    }
    assert.deepEqual(await snapshot(store), before);
  }),
];

const changing: readonly StoreContractCase[] = [
  onKey('a key is revoked once, and the time of the first revocation stays', async (store) => {
    await inserted(store, 2);
    const { apiKeys } = store;
    assert.deepEqual(await apiKeys.revoke({ prefix, at: 5_000 }), { kind: 'revoked' });
    assert.deepEqual(await apiKeys.find(prefix), { ...unused, revokedAt: 5_000 });
    assert.deepEqual(await apiKeys.revoke({ prefix, at: 6_000 }), { kind: 'revoked-before', at: 5_000 });
    assert.deepEqual(await apiKeys.find(prefix), { ...unused, revokedAt: 5_000 });
    assert.equal((await apiKeys.find(exampleApiKey(2).prefix))?.revokedAt, null);
  }),

  onKey('an unknown key is neither revoked nor marked', async (store) => {
    const before = await snapshot(store);
    const { apiKeys } = store;
    assert.deepEqual(await apiKeys.revoke({ prefix: 'rsv_unknown0', at: 5_000 }), { kind: 'unknown' });
    await apiKeys.markUsed({ prefix: 'rsv_unknown0', day: '2026-01-01' });
    assert.deepEqual(await snapshot(store), before);
  }),

  onKey('the day of the last use moves forward, never back, for a revoked key too', async (store) => {
    await inserted(store, 2);
    const { apiKeys } = store;
    for (const [day, last] of [
      ['2026-02-28', '2026-02-28'],
      ['2026-02-27', '2026-02-28'],
      ['2026-02-28', '2026-02-28'],
      ['2026-12-01', '2026-12-01'],
    ] as const) {
      await apiKeys.markUsed({ prefix, day });
      assert.deepEqual(await apiKeys.find(prefix), { ...unused, lastUsedOn: last });
    }
    await apiKeys.revoke({ prefix, at: 5_000 });
    await apiKeys.markUsed({ prefix, day: '2027-01-01' });
    assert.deepEqual(await apiKeys.find(prefix), { ...unused, revokedAt: 5_000, lastUsedOn: '2027-01-01' });
    assert.equal((await apiKeys.find(exampleApiKey(2).prefix))?.lastUsedOn, null);
  }),
];

const others: readonly StoreContractCase[] = [
  onReopenedStore(
    'a store that is opened again has its keys, with revocation and last use',
    async (store) => {
      await inserted(store, 1, 2);
      await store.apiKeys.revoke({ prefix, at: 5_000 });
      await store.apiKeys.markUsed({ prefix: exampleApiKey(2).prefix, day: '2026-01-01' });
    },
    async ({ apiKeys }) => {
      assert.deepEqual(await apiKeys.list({ after: null, limit: 10 }), [
        { ...unused, revokedAt: 5_000 },
        { ...exampleApiKey(2), revokedAt: null, lastUsedOn: '2026-01-01' },
      ]);
    },
  ),

  onTwoStores('a key that one server inserted or revoked, the other sees at once', async (first, second) => {
    await inserted(first, 1);
    assert.deepEqual(await second.apiKeys.find(prefix), unused);
    assert.deepEqual(await second.apiKeys.revoke({ prefix, at: 5_000 }), { kind: 'revoked' });
    assert.deepEqual(await first.apiKeys.find(prefix), { ...unused, revokedAt: 5_000 });
    assert.deepEqual(await first.apiKeys.revoke({ prefix, at: 6_000 }), { kind: 'revoked-before', at: 5_000 });
  }),
];

/** What lets a server know its callers. */
export const apiKeyCases: readonly StoreContractCase[] = [...looking, ...changing, ...others];
