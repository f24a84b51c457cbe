/** Largest number of keys returned by one call of {@link ApiKeys.list}. */
export const API_KEYS_LIMIT_MAX = 1_000;

/** An API key as it is stored: never the key itself. Times are milliseconds since the epoch. */
export interface ApiKey {
  /** The part of the key that is shown and looked up; unique, also among revoked keys. */
  readonly prefix: string;
  /** SHA-256 of the whole key in lower-case hexadecimal digits. */
  readonly hash: string;
  /** The principal. Several keys may have the same name. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** From then on the key is not valid; null for a key that does not expire. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Last day on which the key was used, as YYYY-MM-DD in UTC; null before its first use. */
  readonly lastUsedOn: string | null;
}

/** Result of {@link ApiKeys.revoke}. Only "revoked" changed something. */
export type RevokeResult =
  | { readonly kind: 'revoked' }
  /** The key had been revoked before, at that time. */
  | { readonly kind: 'revoked-before'; readonly at: number }
  | { readonly kind: 'unknown' };

/**
 * API keys of the server. A key is visible as soon as its insertion is acknowledged, on every server, and is never
 * deleted. An invalid key (see `isApiKeyName` and its neighbours) and a limit outside of its bounds reject with any error
 * and change nothing.
 */
export interface ApiKeys {
  /** Stores a key that has neither been revoked nor used; false, without effect, when its prefix is taken. */
  insert(key: Omit<ApiKey, 'revokedAt' | 'lastUsedOn'>): Promise<boolean>;
  /** The key with exactly this prefix, revoked and expired ones included; null for none. */
  find(prefix: string): Promise<ApiKey | null>;
  /** Keys with a prefix behind `after` (null: from the start), ordered by prefix; at most `limit`, 1 to {@link API_KEYS_LIMIT_MAX}. */
  list(page: { readonly after: string | null; readonly limit: number }): Promise<readonly ApiKey[]>;
  /** Revokes a key for ever. The time of an earlier revocation stays. */
  revoke(request: { readonly prefix: string; readonly at: number }): Promise<RevokeResult>;
  /** Moves `lastUsedOn` forward to `day`, never back; without effect for an unknown key. */
  markUsed(request: { readonly prefix: string; readonly day: string }): Promise<void>;
}
