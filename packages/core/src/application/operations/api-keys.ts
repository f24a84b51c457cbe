import {
  API_KEY_NAME_EXPECTED,
  API_KEY_PREFIX_EXPECTED,
  API_KEY_SCOPES_EXPECTED,
  areApiKeyScopes,
  isApiKeyName,
  isApiKeyPrefix,
  type NewApiKey,
} from '../../domain/api-key.ts';
import { assert } from '../../errors.ts';
import { checkText, invalidOption } from '../../options.ts';
import { type ApiKey, API_KEYS_LIMIT_MAX, type RevokeResult } from '../../ports/api-keys.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type CallerOptions, callerOf } from '../caller.ts';

/** Attempts to find a prefix that no key has. One of 2^40 is taken at random, so a second attempt is rare. */
const PREFIX_ATTEMPTS = 5;

/** State of a key at a time. A key that was revoked and has expired is revoked. */
export type ApiKeyState = 'active' | 'expired' | 'revoked';

/** What is shown of a key. */
export type ApiKeyFacts = Omit<ApiKey, 'hash'> & { readonly state: ApiKeyState };

/** What the use cases need. The randomness of a key is not that of {@link Runtime}, which may be made from a seed. */
export interface ApiKeyDeps extends CallerOptions {
  readonly runtime: Runtime;
}

/** Options of {@link createApiKey}. */
export interface CreateApiKeyOptions extends ApiKeyDeps {
  readonly newKey: () => NewApiKey;
  /** The principal that the key stands for. Keys of one name are one principal, so that a key can be replaced. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch, in the future; null for a key that does not expire. Default: null. */
  readonly expiresAt?: number | null;
}

/** A key that was made. Its text is returned here and never again. */
export interface CreatedApiKey {
  readonly key: string;
  readonly facts: ApiKeyFacts;
}

/** Makes a key and stores its hash. @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE */
export async function createApiKey(store: ReservationStore, options: CreateApiKeyOptions): Promise<CreatedApiKey> {
  callerOf(options);
  const { runtime, newKey, scopes, expiresAt = null } = options;
  const name = checkText('name', options.name, isApiKeyName, API_KEY_NAME_EXPECTED);
  if (!areApiKeyScopes(scopes)) throw invalidOption('scopes', API_KEY_SCOPES_EXPECTED, scopes);
  const createdAt = runtime.clock.now();
  if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > createdAt)) {
    throw invalidOption('expiresAt', 'milliseconds since the epoch, in the future', expiresAt);
  }
  for (let attempt = 0; attempt < PREFIX_ATTEMPTS; attempt += 1) {
    const { prefix, key, hash } = newKey();
    const stored = { prefix, hash, name, scopes, createdAt, expiresAt };
    if (await store.apiKeys.insert(stored)) {
      return { key, facts: factsOf({ ...stored, revokedAt: null, lastUsedOn: null }, createdAt) };
    }
  }
  assert(false, `${PREFIX_ATTEMPTS} new prefixes of API keys were taken: the source of randomness repeats itself`);
}

/** Lists every key, the oldest first. @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE */
export async function listApiKeys(store: ReservationStore, options: ApiKeyDeps): Promise<readonly ApiKeyFacts[]> {
  callerOf(options);
  const now = options.runtime.clock.now();
  const keys: ApiKey[] = [];
  let after: string | null = null;
  do {
    const page: readonly ApiKey[] = await store.apiKeys.list({ after, limit: API_KEYS_LIMIT_MAX });
    keys.push(...page);
    after = page.length < API_KEYS_LIMIT_MAX ? null : (page.at(-1)?.prefix ?? null);
  } while (after !== null);
  return keys
    .toSorted((a, b) => a.createdAt - b.createdAt || (a.prefix < b.prefix ? -1 : 1))
    .map((key) => factsOf(key, now));
}

/**
 * Revokes the key with this prefix, for ever; see {@link RevokeResult}.
 * @throws {ReservationError} INVALID_OPTION, whose message does not repeat what may be a key; STORE_UNAVAILABLE
 */
export async function revokeApiKey(
  store: ReservationStore,
  prefix: string,
  options: ApiKeyDeps,
): Promise<RevokeResult> {
  callerOf(options);
  if (!isApiKeyPrefix(prefix)) {
    throw invalidOption('prefix', API_KEY_PREFIX_EXPECTED, `another text of ${prefix.length} characters`);
  }
  return await store.apiKeys.revoke({ prefix, at: options.runtime.clock.now() });
}

/** State of a key at a time. */
export function apiKeyStateAt(
  { revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  now: number,
): ApiKeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function factsOf(key: ApiKey, now: number): ApiKeyFacts {
  const { prefix, name, scopes, createdAt, expiresAt, revokedAt, lastUsedOn } = key;
  return { prefix, name, scopes, createdAt, expiresAt, revokedAt, lastUsedOn, state: apiKeyStateAt(key, now) };
}
