import { type ApiKeyFacts } from '@reservations/core/operations';
import { toTimestamp } from '@reservations/core/ports';

/** Returns what is shown of a key under `--json`. */
export function keyToJson(facts: ApiKeyFacts): object {
  const { prefix, name, scopes, state, createdAt, expiresAt, revokedAt, lastUsedOn } = facts;
  return {
    prefix,
    name,
    scopes,
    state,
    created_at: toTimestamp(createdAt),
    expires_at: expiresAt === null ? null : toTimestamp(expiresAt),
    revoked_at: revokedAt === null ? null : toTimestamp(revokedAt),
    last_used_on: lastUsedOn,
  };
}
