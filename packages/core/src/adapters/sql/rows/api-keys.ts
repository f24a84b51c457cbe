import type { ApiKey } from '../../../ports/api-keys.ts';
import { type ApiKeyRow, ONLY_SHARD } from '../columns.ts';

/** Reads an API key's row. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    prefix: row.prefix,
    hash: row.hash,
    name: row.name,
    scopes: row.scopes.split(' '),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedOn: row.last_used_on,
  };
}

/** The row of {@link toApiKey}. Scopes hold no spaces. */
export function fromApiKey(key: ApiKey): ApiKeyRow {
  return {
    shard: ONLY_SHARD,
    prefix: key.prefix,
    hash: key.hash,
    name: key.name,
    scopes: key.scopes.join(' '),
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    last_used_on: key.lastUsedOn,
  };
}
