import type { CompactJWSHeaderParameters, CryptoKey, FlattenedJWSInput, JWTPayload } from 'jose';
import type { JwtAlgorithm, JwtTimes } from '../../config/jwt-options.ts';
import { type AuthenticatorClock, MACHINE_CLOCK } from '../authenticator-clock.ts';
import type { Authentication, Authenticator } from '../authenticator.ts';
import { TOKEN_LENGTH_MAX } from '../bearer.ts';
import { checkJwtOptions } from './check-options.ts';
import { isTokenType, principalOf } from './claims.ts';
import { createKeySet, type KeySet, KeysUnavailableError } from './key-set.ts';
import { type Jose, type ParsedKeys, parseKeys } from './parse-keys.ts';
import { fetchKeys, readKeysFile } from './read-keys.ts';

/** Options of {@link jwtAuthenticator}. Times are in milliseconds. */
export interface JwtAuthenticatorOptions {
  /** `iss` of the tokens, letter by letter. */
  readonly issuer: string;
  /** What `aud` of the tokens has to name: this API. */
  readonly audience: string;
  /** Algorithms by which the issuer signs. None with a shared secret is taken. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Where the issuer's public keys are, as a JSON Web Key Set: `https:`, on the machine itself also `http:`, or a file. */
  readonly keys: { readonly url: string } | { readonly file: string };
  /** Time for which keys are used before they are read again: 1,000 to 86,400,000. Default: 600,000. */
  readonly cacheMs?: number;
  /** Shortest time between two reads of the keys for a token whose key is unknown: 1,000 to 3,600,000. Default: 30,000. */
  readonly cooldownMs?: number;
  /** Time for the answer of the URL: 100 to 30,000. Default: 5,000. */
  readonly timeoutMs?: number;
  /** By how much the issuer's clock may differ: 0 to 60,000. Default: 5,000. */
  readonly clockToleranceMs?: number;
  /** Hears that the keys could not be read. Default: nothing does. */
  readonly onFault?: (error: unknown) => void;
  /** For tests. Default: the clocks of the machine. */
  readonly clock?: AuthenticatorClock;
}

/** An authenticator of tokens, and its keys. */
export interface JwtAuthentication {
  readonly authenticate: Authenticator;
  /** Reads the keys before the first request does; resolves with the fault, null for none. */
  readKeys(): Promise<unknown>;
}

/**
 * Authenticates requests by the JSON Web Tokens of one issuer (RFC 7519, RFC 8725).
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function jwtAuthenticator(options: JwtAuthenticatorOptions): Authenticator {
  return createJwtAuthentication(options).authenticate;
}

/** The same, and access to its keys. @throws {ReservationError} INVALID_OPTION. */
export function createJwtAuthentication(options: JwtAuthenticatorOptions): JwtAuthentication {
  const times = checkJwtOptions(options);
  const { clock = MACHINE_CLOCK, onFault = () => undefined } = options;
  const { cacheMs, cooldownMs } = times;
  const keySet = createKeySet({
    read: async () => (await readJwtKeys(options)).find,
    cacheMs,
    cooldownMs,
    clock,
    onFault,
  });
  return {
    readKeys: () => keySet.load(),
    async authenticate({ token }) {
      if (token === null) return { kind: 'refused', reason: 'missing' };
      if (token.length > TOKEN_LENGTH_MAX || !COMPACT_JWS.test(token)) return { kind: 'refused', reason: 'invalid' };
      const jose = await loadJose();
      try {
        const claims = await verify(jose, token, { ...options, keySet, times, now: clock.now() });
        return authenticationOf(claims, keySet, clock.now() - times.clockToleranceMs);
      } catch (error) {
        return failureOf(jose, error);
      }
    },
  };
}

/** Reads the keys of an issuer once. @throws {Error} when there are none. */
export async function readJwtKeys(options: JwtAuthenticatorOptions): Promise<ParsedKeys> {
  const { keys, algorithms } = options;
  const { timeoutMs } = checkJwtOptions(options);
  const jose = await loadJose();
  if ('file' in keys) return parseKeys(jose, await readKeysFile(keys.file), algorithms);
  return parseKeys(jose, await fetchKeys(keys.url, timeoutMs), algorithms);
}

function loadJose(): Promise<Jose> {
  return import('jose');
}

/** RFC 7515, 2 and 7.1: three parts in base64url, without padding. Some decoders take padding and plain base64 as well. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A token that is refused before its key is looked for. */
class RefusedTokenError extends Error {}

interface Verification extends JwtAuthenticatorOptions {
  readonly keySet: KeySet;
  readonly times: JwtTimes;
  readonly now: number;
}

async function verify(jose: Jose, token: string, verification: Verification): Promise<JWTPayload> {
  const { issuer, audience, algorithms, keySet, times, now } = verification;
  const keyOf = async (header: CompactJWSHeaderParameters, jws: FlattenedJWSInput): Promise<CryptoKey> => {
    // An extension that has to be understood would be understood by the library alone, not here.
    if (header.crit !== undefined || !isTokenType(header.typ)) throw new RefusedTokenError();
    const key = await keySet.find(header, jws);
    if (key === null) throw new RefusedTokenError();
    return key;
  };
  const { payload } = await jose.jwtVerify(token, keyOf, {
    issuer,
    audience,
    algorithms: [...algorithms],
    requiredClaims: ['exp', 'sub'],
    clockTolerance: times.clockToleranceMs / 1_000,
    currentDate: new Date(now),
  });
  return payload;
}

/** `now` is the time by the slowest clock that is accepted. */
function authenticationOf(claims: JWTPayload, keySet: KeySet, now: number): Authentication {
  const principal = principalOf(claims);
  if (principal === null) return { kind: 'refused', reason: 'invalid' };
  const expiresInMs = (claims.exp ?? 0) * 1_000 - now;
  const freshForMs = keySet.freshForMs();
  // Keys that cannot be read again are used on.
  return {
    kind: 'authenticated',
    principal,
    validForMs: freshForMs > 0 ? Math.min(expiresInMs, freshForMs) : expiresInMs,
  };
}

/** What the library throws for a token, and not for a key of the issuer. */
const CODES_OF_TOKENS: ReadonlySet<string> = new Set([
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_INVALID',
]);

/** Errors of the library hold the claims of the token: none of them is passed on but for faults of keys, which have none. */
function failureOf(jose: Jose, error: unknown): Authentication {
  if (error instanceof KeysUnavailableError) return { kind: 'unavailable', cause: error };
  if (error instanceof jose.errors.JWTExpired) return { kind: 'refused', reason: 'expired' };
  const isOfToken = error instanceof jose.errors.JOSEError && CODES_OF_TOKENS.has(error.code);
  if (isOfToken || error instanceof RefusedTokenError) return { kind: 'refused', reason: 'invalid' };
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'unavailable', cause: new Error(`a key of the issuer of tokens cannot be used: ${detail}`) };
}
