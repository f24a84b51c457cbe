import type { ApiKeys } from '../../src/ports/api-keys.ts';
import type { Sabotage } from './sabotage.ts';

/** A bug in the API keys. */
function inApiKeys(bug: string, plant: (apiKeys: ApiKeys) => ApiKeys): Sabotage {
  return { bug, plant: (store) => ({ ...store, apiKeys: plant(store.apiKeys) }) };
}

/** Bugs in what lets a server know its callers. */
export const sabotagedApiKeys: readonly Sabotage[] = [
  inApiKeys('a key is found by the beginning of its prefix', (inner) => ({
    ...inner,
    find: async (prefix) =>
      (await inner.list({ after: null, limit: 1_000 })).find((key) => key.prefix.startsWith(prefix)) ?? null,
  })),
  inApiKeys('prefixes are compared without regard to case', (inner) => ({
    ...inner,
    find: (prefix) => inner.find(prefix.toLowerCase()),
  })),
  inApiKeys('a revoked key is shown as it was', (inner) => ({
    ...inner,
    async find(prefix) {
      const found = await inner.find(prefix);
      return found === null ? null : { ...found, revokedAt: null };
    },
  })),
  inApiKeys('a revocation takes the time of the last one', (inner) => {
    const times = new Map<string, number>();
    return {
      ...inner,
      revoke: (request) => {
        times.set(request.prefix, request.at);
        return inner.revoke(request);
      },
      async find(prefix) {
        const found = await inner.find(prefix);
        return found === null ? null : { ...found, revokedAt: times.get(prefix) ?? null };
      },
    };
  }),
  inApiKeys('a revocation always claims to have worked', (inner) => ({
    ...inner,
    revoke: (request) => inner.revoke(request).then(() => ({ kind: 'revoked' as const })),
  })),
  inApiKeys('an insertion always claims to have worked', (inner) => ({
    ...inner,
    insert: (key) => inner.insert(key).then(() => true),
  })),
  inApiKeys('the day of the last use goes back', (inner) => {
    const days = new Map<string, string>();
    return {
      ...inner,
      markUsed: async (request) => void days.set(request.prefix, request.day),
      async find(prefix) {
        const found = await inner.find(prefix);
        return found === null ? null : { ...found, lastUsedOn: days.get(prefix) ?? null };
      },
    };
  }),
  inApiKeys('keys do not expire', (inner) => ({
    ...inner,
    insert: (key) => inner.insert({ ...key, expiresAt: null }),
  })),
  inApiKeys('a page begins with the key that it should begin behind', (inner) => ({
    ...inner,
    list: async ({ after, limit }) =>
      (await inner.list({ after: null, limit: 1_000 }))
        .filter(({ prefix }) => after === null || prefix >= after)
        .slice(0, limit),
  })),
  inApiKeys('keys of one name are one key', (inner) => ({
    ...inner,
    async list(page) {
      const keys = await inner.list(page);
      return keys.filter(({ name }, index) => keys.findIndex((key) => key.name === name) === index);
    },
  })),
];
