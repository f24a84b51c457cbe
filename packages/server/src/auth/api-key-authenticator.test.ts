import { createMemoryStore } from '@reservations/core/memory';
import { createApiKey, revokeApiKey } from '@reservations/core/operations';
import type { ApiKey, ApiKeys } from '@reservations/core/ports';
import { expect, test } from 'vitest';
import { apiKeyAuthenticator } from './api-key-authenticator.ts';
import type { Authentication } from './authenticator.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

interface Fixture {
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly clock: { nowMs: number; monotonicMs: number };
  /** Calls of the store, by their names. */
  readonly calls: string[];
  create(name: string, options?: { readonly scopes?: readonly string[]; readonly expiresAt?: number }): Promise<string>;
  authenticate(token: string | null): Promise<Authentication>;
}

function fixture(change: Partial<ApiKeys> = {}): Fixture {
  const store = createMemoryStore();
  const clock = { nowMs: NOW, monotonicMs: 0 };
  const calls: string[] = [];
  const runtime = {
    clock: { now: () => clock.nowMs, sleep: () => Promise.resolve() },
    newUuid: () => '',
    random: () => 0,
  };
  const apiKeys: ApiKeys = {
    ...store.apiKeys,
    find: (prefix) => (calls.push('find'), store.apiKeys.find(prefix)),
    markUsed: (mark) => (calls.push(`used ${mark.day}`), store.apiKeys.markUsed(mark)),
    ...change,
  };
  const authenticator = apiKeyAuthenticator({
    store: { apiKeys },
    clock: { now: () => clock.nowMs, monotonicMs: () => clock.monotonicMs },
  });
  return {
    store,
    clock,
    calls,
    create: async (name, { scopes = ['reservations:read'], ...options } = {}) =>
      (await createApiKey(store, { name, scopes, ...options, runtime })).key,
    authenticate: (token) => authenticator({ token, request: undefined as never }),
  };
}

const refused = (reason: string): unknown => ({ kind: 'refused', reason });

test('a key is its name with its scopes; scopes that this release does not know permit nothing', async () => {
  const { create, authenticate } = fixture();
  const key = await create('shop', { scopes: ['reservations:read', 'galaxies:write'] });
  expect(await authenticate(key)).toEqual({
    kind: 'authenticated',
    principal: { kind: 'api-key', name: 'shop', scopes: ['reservations:read'] },
    validForMs: 5_000,
  });
});

test('what is not a key of the store, whole and letter by letter, is refused', async () => {
  const { create, authenticate } = fixture();
  const [key, other] = [await create('shop'), await create('other')];
  const prefix = key.slice(0, 12);
  const last = key.endsWith('A') ? 'B' : 'A';
  expect(await authenticate(null)).toEqual(refused('missing'));
  for (const wrong of [
    '',
    prefix,
    `${prefix}_`,
    key.slice(0, -1),
    key.slice(0, -1) + last,
    `${key}A`,
    key.toUpperCase(),
    prefix + other.slice(12),
    `rsv_00000000${key.slice(12)}`,
    `${prefix}_${'0'.repeat(43)}`,
    `${prefix}_${'A'.repeat(43)}`,
  ]) {
    expect(await authenticate(wrong), wrong).toEqual(refused('invalid'));
    // The right key was used before: what is remembered is compared as well.
    await authenticate(key);
    expect(await authenticate(wrong), wrong).toEqual(refused('invalid'));
  }
});

test('the hash of a key is no key, and a stored hash of zeros lets none in', async () => {
  const zeros: ApiKey = {
    prefix: 'rsv_00000000',
    hash: '0'.repeat(64),
    name: 'shop',
    scopes: ['ops:write'],
    createdAt: 0,
    expiresAt: null,
    revokedAt: null,
    lastUsedOn: null,
  };
  const { create, authenticate, store } = fixture();
  const key = await create('shop');
  const { hash = '' } = (await store.apiKeys.find(key.slice(0, 12))) ?? {};
  expect(await authenticate(hash)).toEqual(refused('invalid'));
  await store.apiKeys.insert(zeros);
  expect(await authenticate(`rsv_00000000_${'0'.repeat(43)}`)).toEqual(refused('invalid'));
});

test('a revocation takes effect within five seconds, whatever the clock of the day says', async () => {
  const { create, authenticate, store, clock, calls } = fixture();
  const key = await create('shop');
  expect(await authenticate(key)).toMatchObject({ kind: 'authenticated' });
  await revokeApiKey(store, key.slice(0, 12));
  clock.monotonicMs += 4_999;
  clock.nowMs -= 3_600_000;
  expect(await authenticate(key)).toMatchObject({ kind: 'authenticated' });
  expect(calls.filter((call) => call === 'find')).toHaveLength(1);
  clock.monotonicMs += 1;
  expect(await authenticate(key)).toEqual(refused('revoked'));
});

test('use does not lengthen the time for which a key is remembered', async () => {
  const { create, authenticate, store, clock } = fixture();
  const key = await create('shop');
  await authenticate(key);
  await revokeApiKey(store, key.slice(0, 12));
  const seen: string[] = [];
  for (let second = 0; second < 10; second += 1) {
    clock.monotonicMs += 1_000;
    seen.push((await authenticate(key)).kind);
  }
  expect(seen).toEqual([...Array<string>(4).fill('authenticated'), ...Array<string>(6).fill('refused')]);
});

test('a key that is remembered expires at its time', async () => {
  const { create, authenticate, clock } = fixture();
  const key = await create('shop', { expiresAt: NOW + 1_000 });
  clock.nowMs += 999;
  expect(await authenticate(key)).toMatchObject({ kind: 'authenticated' });
  clock.nowMs += 1;
  expect(await authenticate(key)).toEqual(refused('expired'));
});

test('an answer holds as long as the key is used as it was read, or until the key expires', async () => {
  const { create, authenticate, clock } = fixture();
  const key = await create('shop', { expiresAt: NOW + 6_000 });
  const seen: unknown[] = [];
  for (const elapsedMs of [0, 4_000, 1_000, 500]) {
    clock.monotonicMs += elapsedMs;
    clock.nowMs += elapsedMs;
    seen.push(await authenticate(key));
  }
  expect(seen).toMatchObject([5_000, 1_000, 1_000, 500].map((validForMs) => ({ validForMs })));
});

test('the day of the last use is written once for each key and day', async () => {
  const { create, authenticate, clock, calls, store } = fixture();
  const key = await create('shop');
  await authenticate(key);
  clock.monotonicMs += 60_000;
  await authenticate(key);
  clock.nowMs += 24 * 3_600_000;
  await authenticate(key);
  await authenticate(key);
  expect(calls.filter((call) => call !== 'find')).toEqual(['used 2026-01-01', 'used 2026-01-02']);
  expect((await store.apiKeys.find(key.slice(0, 12)))?.lastUsedOn).toBe('2026-01-02');
  const again = await create('shop');
  await authenticate(again.slice(0, -1) + (again.endsWith('A') ? 'B' : 'A'));
  expect((await store.apiKeys.find(again.slice(0, 12)))?.lastUsedOn, 'a wrong secret is no use').toBeNull();
});

test('a use that cannot be written holds up nothing; a store that cannot be read lets none in', async () => {
  const unwritable = fixture({ markUsed: () => Promise.reject(new Error('read only')) });
  expect(await unwritable.authenticate(await unwritable.create('shop'))).toMatchObject({ kind: 'authenticated' });
  const slow = fixture({ markUsed: () => new Promise(() => undefined) });
  expect(await slow.authenticate(await slow.create('shop'))).toMatchObject({ kind: 'authenticated' });
  const away = fixture({ find: () => Promise.reject(new Error('away')) });
  await expect(away.authenticate(await away.create('shop'))).rejects.toThrow('away');
});
