import { assert } from '../../errors.ts';
import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import { assertApiKeysLimit, isStorable } from '../support/api-keys.ts';
import { frozenCopy } from './frozen.ts';
import type { Tables } from './tables.ts';

/** The API keys over the store's tables. */
export function createApiKeys({ apiKeys }: Tables, assertOpen: () => void): ApiKeys {
  function change(prefix: string, changed: Partial<ApiKey>): void {
    const found = apiKeys.get(prefix);
    if (found !== undefined) apiKeys.set(prefix, frozenCopy({ ...found, ...changed }));
  }

  return {
    async insert(key) {
      assertOpen();
      assert(isStorable(key), 'this is no API key that can be stored');
      if (apiKeys.has(key.prefix)) return false;
      apiKeys.set(key.prefix, frozenCopy({ ...key, revokedAt: null, lastUsedOn: null }));
      return true;
    },
    async find(prefix) {
      assertOpen();
      return apiKeys.get(prefix) ?? null;
    },
    async list({ after, limit }) {
      assertOpen();
      assertApiKeysLimit(limit);
      const behind = [...apiKeys.values()].filter(({ prefix }) => after === null || prefix > after);
      return behind.sort((a, b) => (a.prefix < b.prefix ? -1 : 1)).slice(0, limit);
    },
    async revoke({ prefix, at }) {
      assertOpen();
      const found = apiKeys.get(prefix);
      if (found === undefined) return { kind: 'unknown' };
      if (found.revokedAt !== null) return { kind: 'revoked-before', at: found.revokedAt };
      change(prefix, { revokedAt: at });
      return { kind: 'revoked' };
    },
    async markUsed({ prefix, day }) {
      assertOpen();
      const last = apiKeys.get(prefix)?.lastUsedOn ?? null;
      if (last === null || last < day) change(prefix, { lastUsedOn: day });
    },
  };
}
