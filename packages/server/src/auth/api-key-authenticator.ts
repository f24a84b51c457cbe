import { timingSafeEqual } from 'node:crypto';
import type { ReservationStore } from '@reservations/core';
import { apiKeyStateAt, hashOfApiKey } from '@reservations/core/operations';
import { type ApiKey, prefixOfApiKey } from '@reservations/core/ports';
import { type AuthenticatorClock, MACHINE_CLOCK } from './authenticator-clock.ts';
import type { Authentication, Authenticator } from './authenticator.ts';
import { isScope } from './scopes.ts';

/** Default of {@link ApiKeyAuthenticatorOptions.cacheMs}. */
const CACHE_MS = 5_000;

/** Largest number of keys that are remembered; the one that was read longest ago is forgotten. */
const CACHE_KEYS_MAX = 1_000;

/** Compared with the hash of a key whose prefix is unknown: no text has this hash. */
const NO_HASH = '0'.repeat(64);

/** Options of {@link apiKeyAuthenticator}. */
export interface ApiKeyAuthenticatorOptions {
  readonly store: Pick<ReservationStore, 'apiKeys'>;
  /** Time for which a key is used as it was read, in milliseconds: a revocation takes effect within it. Default: 5,000. */
  readonly cacheMs?: number;
  /** Hears that the day of a key's last use could not be recorded. Default: nothing does. */
  readonly onFault?: (error: unknown) => void;
  /** For tests. Default: the clocks of the machine. */
  readonly clock?: AuthenticatorClock;
}

/** Authenticates requests by the API keys of a store. */
export function apiKeyAuthenticator(options: ApiKeyAuthenticatorOptions): Authenticator {
  const { store, clock = MACHINE_CLOCK } = options;
  const { cacheMs = CACHE_MS } = options;
  const cache = createCache(cacheMs, clock);
  const markUsed = createUseMark(options);

  return async ({ token }): Promise<Authentication> => {
    if (token === null) return { kind: 'refused', reason: 'missing' };
    const prefix = prefixOfApiKey(token);
    if (prefix === null) return { kind: 'refused', reason: 'invalid' };
    const hash = hashOfApiKey(token);
    const remembered = cache.get(prefix);
    const key = remembered?.key ?? (await store.apiKeys.find(prefix));
    // The same work whether the prefix is known or not.
    const isHolder = timingSafeEqual(Buffer.from(hash), Buffer.from(key?.hash ?? NO_HASH));
    if (key === null || !isHolder) return { kind: 'refused', reason: 'invalid' };
    if (remembered === null) cache.put(key);
    const now = clock.now();
    const state = apiKeyStateAt(key, now);
    if (state !== 'active') return { kind: 'refused', reason: state };
    markUsed(key, now);
    // Scopes of a later release permit nothing here.
    return {
      kind: 'authenticated',
      principal: { kind: 'api-key', name: key.name, scopes: key.scopes.filter(isScope) },
      validForMs: Math.min(remembered?.leftMs ?? cacheMs, (key.expiresAt ?? Number.POSITIVE_INFINITY) - now),
    };
  };
}

interface Cache {
  /** The key as it was read, and for how long it is used so; null for none. */
  get(prefix: string): { readonly key: ApiKey; readonly leftMs: number } | null;
  put(key: ApiKey): void;
}

/** Remembers keys whose secret was right, so that made-up prefixes do not drive them out. */
function createCache(cacheMs: number, { monotonicMs }: AuthenticatorClock): Cache {
  const keys = new Map<string, { readonly key: ApiKey; readonly readAtMs: number }>();
  return {
    get(prefix) {
      const found = keys.get(prefix);
      if (found === undefined) return null;
      const leftMs = found.readAtMs + cacheMs - monotonicMs();
      if (leftMs > 0) return { key: found.key, leftMs };
      keys.delete(prefix);
      return null;
    },
    put(key) {
      keys.set(key.prefix, { key, readAtMs: monotonicMs() });
      const [oldest] = keys.keys();
      if (keys.size > CACHE_KEYS_MAX && oldest !== undefined) keys.delete(oldest);
    },
  };
}

/** Records the day on which a key is used: at most one write for each key and day, which no request waits for. */
function createUseMark({ store, onFault }: ApiKeyAuthenticatorOptions): (key: ApiKey, now: number) => void {
  let markedOn = '';
  const marked = new Set<string>();
  return ({ prefix, lastUsedOn }, now) => {
    const day = new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length);
    if (day !== markedOn) marked.clear();
    markedOn = day;
    if (marked.has(prefix)) return;
    marked.add(prefix);
    if (lastUsedOn !== null && lastUsedOn >= day) return;
    store.apiKeys.markUsed({ prefix, day }).catch((error: unknown) => onFault?.(error));
  };
}
