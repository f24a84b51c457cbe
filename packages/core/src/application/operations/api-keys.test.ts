import { expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { hashOfApiKey, newApiKey } from '../../adapters/system/api-key.ts';
import { type NewApiKey, prefixOfApiKey } from '../../domain/api-key.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createManualRuntime, type ManualRuntime } from '../../testing/manual-runtime.ts';
import { createApiKey, type CreateApiKeyOptions, listApiKeys, revokeApiKey } from './api-keys.ts';

const NOW = Date.UTC(2026, 0, 1);

interface Fixture {
  readonly store: ReservationStore;
  readonly runtime: ManualRuntime;
  readonly options: CreateApiKeyOptions;
}

function fixture(): Fixture {
  const runtime = createManualRuntime(NOW);
  return {
    store: createMemoryStore(),
    runtime,
    options: { runtime, newKey: newApiKey, name: 'shop', scopes: ['reservations:read'] },
  };
}

test('a key is made of 32 random bytes behind a prefix of 8 characters', () => {
  const keys = Array.from({ length: 200 }, newApiKey);
  for (const { key, prefix, hash } of keys) {
    expect(key).toMatch(/^rsv_[0-9a-z]{8}_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(key.slice(13), 'base64url')).toHaveLength(32);
    expect(prefixOfApiKey(key)).toBe(prefix);
    expect(hash).toBe(hashOfApiKey(key));
  }
  expect(new Set(keys.map(({ key }) => key.slice(13))).size).toBe(keys.length);
});

test.each(['x', ' ', '\n', '='])('a key with %j behind or before it has not the form of one', (other) => {
  const { key } = newApiKey();
  expect([prefixOfApiKey(key + other), prefixOfApiKey(other + key), prefixOfApiKey(key.slice(1))]).toEqual([
    null,
    null,
    null,
  ]);
});

test('a key is shown once: the store holds its hash, and no list has either', async () => {
  const { store, options, runtime } = fixture();
  const expiresAt = NOW + 60_000;
  const { key, facts } = await createApiKey(store, { ...options, expiresAt });
  const expected = {
    prefix: key.slice(0, 12),
    name: 'shop',
    scopes: ['reservations:read'],
    createdAt: NOW,
    expiresAt,
    revokedAt: null,
    lastUsedOn: null,
    state: 'active',
  };
  expect(facts).toEqual(expected);
  expect(await listApiKeys(store, { runtime })).toEqual([expected]);
  const stored = await store.apiKeys.find(facts.prefix);
  expect(stored?.hash).toBe(hashOfApiKey(key));
  expect(JSON.stringify(stored)).not.toContain(key.slice(13));
});

test('several keys of one name are active at once, and are listed from the oldest with their state', async () => {
  const { store, options, runtime } = fixture();
  const first = await createApiKey(store, { ...options, expiresAt: NOW + 1_000 });
  const second = await createApiKey(store, options);
  expect(await revokeApiKey(store, second.facts.prefix, { runtime })).toEqual({ kind: 'revoked' });
  expect(await revokeApiKey(store, second.facts.prefix, { runtime })).toEqual({ kind: 'revoked-before', at: NOW });
  expect(await revokeApiKey(store, 'rsv_00000000', { runtime })).toEqual({ kind: 'unknown' });
  const later = { ...runtime, clock: { ...runtime.clock, now: () => NOW + 1_000 } };
  const states = (await listApiKeys(store, { runtime: later })).map(({ prefix, state }) => [prefix, state]);
  expect(new Map(states as [string, string][])).toEqual(
    new Map([
      [first.facts.prefix, 'expired'],
      [second.facts.prefix, 'revoked'],
    ]),
  );
});

test('a prefix that is taken is not used again; a source that repeats itself is a fault', async () => {
  const { store, options } = fixture();
  const [first, second] = [newApiKey(), newApiKey()];
  const made: NewApiKey[] = [first, first, second];
  const newKey = (): NewApiKey => made.shift() ?? first;
  await createApiKey(store, { ...options, newKey });
  expect((await createApiKey(store, { ...options, newKey })).facts.prefix).toBe(second.prefix);
  await expect(createApiKey(store, { ...options, newKey })).rejects.toThrow('repeats itself');
});

test.each<[Partial<CreateApiKeyOptions>, RegExp]>([
  [{ name: 'two words' }, /^name: expected 1 to 100 characters /],
  [{ name: '' }, /^name: /],
  [{ scopes: [] }, /^scopes: expected 1 to 32 different scopes /],
  [{ scopes: ['a', 'a'] }, /^scopes: /],
  [{ scopes: ['A'] }, /^scopes: /],
  [{ expiresAt: NOW }, /^expiresAt: expected milliseconds since the epoch, in the future, found /],
  [{ expiresAt: Number.NaN }, /^expiresAt: /],
])('the options %j are refused, and nothing is stored', async (wrong, message) => {
  const { store, options, runtime } = fixture();
  await expect(createApiKey(store, { ...options, ...wrong })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(message),
  });
  expect(await listApiKeys(store, { runtime })).toEqual([]);
});

test('a key in the place of a prefix is refused, and not repeated in the message', async () => {
  const { store, options, runtime } = fixture();
  const { key } = await createApiKey(store, options);
  const error: unknown = await revokeApiKey(store, key, { runtime }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(/^prefix: expected rsv_ and 8/),
  });
  expect((error as Error).message).not.toContain(key.slice(13));
});
