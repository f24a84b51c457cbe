import type { CompactJWSHeaderParameters, CryptoKey, FlattenedJWSInput } from 'jose';
import type { AuthenticatorClock } from '../authenticator-clock.ts';

/** Returns the key of a set for the header of a token; null when none fits. */
export type FindKey = (header: CompactJWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey | null>;

/** It is unknown whether the key of a token is one of the issuer's, because its keys cannot be read. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** Options of {@link createKeySet}. */
export interface KeySetOptions {
  /** Reads the keys from their place. */
  readonly read: () => Promise<FindKey>;
  readonly cacheMs: number;
  readonly cooldownMs: number;
  readonly clock: AuthenticatorClock;
  /** Hears each time that the keys could not be read. */
  readonly onFault: (error: unknown) => void;
}

/** The keys of an issuer, as they were read last. */
export interface KeySet {
  /**
   * Returns the key for the header of a token; null when the issuer has none that fits.
   * @throws {KeysUnavailableError} when that is unknown
   */
  readonly find: FindKey;
  /** Time until the keys are read again, in milliseconds. */
  freshForMs(): number;
  /** Reads the keys; resolves with the fault, null for none. */
  load(): Promise<unknown>;
}

/** While there are no keys at all, the place is asked again after so long. */
const RETRY_MS = 1_000;

/**
 * Keeps the keys of an issuer. They are read again once they are as old as the cache time, and for a key that is not among
 * them: one read at a time, and none within the cooldown of the last. While they cannot be read, those that were read before
 * stay in use.
 */
export function createKeySet({ read, cacheMs, cooldownMs, clock, onFault }: KeySetOptions): KeySet {
  let keys = null as { readonly find: FindKey; readonly readAtMs: number } | null;
  let last = null as { readonly fault: unknown; readonly endedAtMs: number } | null;
  let loading: Promise<unknown> | null = null;

  async function attempt(): Promise<unknown> {
    let fault: unknown = null;
    try {
      const find = await read();
      keys = { find, readAtMs: clock.monotonicMs() };
    } catch (error) {
      fault = error;
    }
    last = { fault, endedAtMs: clock.monotonicMs() };
    loading = null;
    if (fault !== null) onFault(fault);
    return fault;
  }

  function load(): Promise<unknown> {
    loading ??= attempt();
    return loading;
  }

  function freshForMs(): number {
    return keys === null ? 0 : keys.readAtMs + cacheMs - clock.monotonicMs();
  }

  function sinceLastMs(): number {
    return last === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() - last.endedAtMs;
  }

  /** Returns keys that are as current as can be. */
  async function current(): Promise<FindKey> {
    if (keys === null && (loading !== null || sinceLastMs() >= RETRY_MS)) await load();
    if (keys === null) throw unavailable(last?.fault);
    if (freshForMs() > 0) return keys.find;
    // A place that did not answer a moment ago is asked beside the requests, which need not wait for it.
    const isAway = last?.fault !== null && sinceLastMs() < cacheMs;
    if (!isAway) await load();
    else if (sinceLastMs() >= cooldownMs) void load();
    return keys.find;
  }

  return {
    load,
    freshForMs,
    async find(header, token) {
      const key = await (await current())(header, token);
      if (key !== null) return key;
      // Perhaps it is new.
      if (loading !== null || sinceLastMs() >= cooldownMs) await load();
      if (last?.fault !== null) throw unavailable(last?.fault);
      return keys === null ? null : await keys.find(header, token);
    },
  };
}

function unavailable(cause: unknown): KeysUnavailableError {
  return new KeysUnavailableError('the keys of the issuer of tokens cannot be read', { cause });
}
