import { assert } from '../../errors.ts';
import { areApiKeyScopes, isApiKeyHash, isApiKeyName, isApiKeyPrefix } from '../../domain/api-key.ts';
import { type ApiKey, API_KEYS_LIMIT_MAX } from '../../ports/api-keys.ts';

/** True when every text of the key has its form, so that it can be a column of its own in any engine. */
export function isStorable({
  prefix,
  hash,
  name,
  scopes,
}: Pick<ApiKey, 'prefix' | 'hash' | 'name' | 'scopes'>): boolean {
  return isApiKeyPrefix(prefix) && isApiKeyHash(hash) && isApiKeyName(name) && areApiKeyScopes(scopes);
}

/** Checks the size of a list of keys. */
export function assertApiKeysLimit(limit: number): void {
  const isBounded = Number.isSafeInteger(limit) && limit >= 1 && limit <= API_KEYS_LIMIT_MAX;
  assert(isBounded, `a call cannot return ${limit} API keys`);
}
