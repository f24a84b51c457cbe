import { assert } from '../../errors.ts';
import type { ApiKeys } from '../../ports/api-keys.ts';
import { assertApiKeysLimit, isStorable } from '../support/api-keys.ts';
import type { ApiKeyParameters, ApiKeyRows } from './queries/api-keys.ts';
import { fromApiKey, toApiKey } from './rows/api-keys.ts';

/** Runs a statement about API keys; `count` is the number of rows returned or changed. */
export type RunApiKeyQuery = <Name extends keyof ApiKeyParameters>(
  query: Name,
  parameters: ApiKeyParameters[Name],
) => Promise<{ readonly rows: readonly ApiKeyRows[Name][]; readonly count: number }>;

/** The API keys over an engine's way to run their statements. */
export function createSqlApiKeys(run: RunApiKeyQuery): ApiKeys {
  async function find(prefix: string): ReturnType<ApiKeys['find']> {
    const { rows } = await run('find', { prefix });
    const [row] = rows;
    return row === undefined ? null : toApiKey(row);
  }

  return {
    find,
    async insert(key) {
      assert(isStorable(key), 'this is no API key that can be stored');
      return (await run('insert', fromApiKey({ ...key, revokedAt: null, lastUsedOn: null }))).count > 0;
    },
    async list({ after, limit }) {
      assertApiKeysLimit(limit);
      // The empty text sorts before every prefix.
      return (await run('list', { after: after ?? '', limit })).rows.map(toApiKey);
    },
    async revoke({ prefix, at }) {
      if ((await run('revoke', { prefix, at })).count > 0) return { kind: 'revoked' };
      const revokedAt = (await find(prefix))?.revokedAt ?? null;
      return revokedAt === null ? { kind: 'unknown' } : { kind: 'revoked-before', at: revokedAt };
    },
    async markUsed({ prefix, day }) {
      await run('markUsed', { prefix, day });
    },
  };
}
