import type * as jose from 'jose';
import type { JWK } from 'jose';
import type { JwtAlgorithm } from '../../config/jwt-options.ts';
import type { FindKey } from './key-set.ts';

/** The parts of the library that are used; it is loaded when tokens are checked, and not before. */
export type Jose = typeof jose;

/** A set of keys that was read. */
export interface ParsedKeys {
  readonly find: FindKey;
  /** How many of them can verify a token that is signed by one of the algorithms. */
  readonly usable: number;
  readonly total: number;
}

/** Members of keys with which tokens can be signed. */
const SECRET_MEMBERS = ['d', 'k', 'priv'] as const;

/** Parses a JSON Web Key Set. @throws {Error} when it is none, or has other keys than public ones. */
export function parseKeys(
  { createLocalJWKSet, errors }: Jose,
  text: string,
  algorithms: readonly JwtAlgorithm[],
): ParsedKeys {
  const keys = keysOf(text);
  if (keys.some((key) => SECRET_MEMBERS.some((member) => key[member] !== undefined))) {
    throw new Error('the set has a private or secret key, and everyone who reads it can make tokens: replace that key');
  }
  const set = createLocalJWKSet({ keys: [...keys] });
  return {
    total: keys.length,
    usable: keys.filter((key) => algorithms.some((algorithm) => fits(key, algorithm))).length,
    async find(header, token) {
      try {
        return await set(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) return null;
        throw error;
      }
    },
  };
}

function keysOf(text: string): readonly JWK[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('expected a JSON Web Key Set, found a text that is no JSON');
  }
  const keys: unknown = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)) return keys as JWK[];
  throw new Error('expected a JSON Web Key Set, found JSON without a list of keys');
}

const CURVES: Partial<Record<JwtAlgorithm, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
};

function fits({ kty, alg, use, crv }: JWK, algorithm: JwtAlgorithm): boolean {
  if ((alg !== undefined && alg !== algorithm) || (use !== undefined && use !== 'sig')) return false;
  const curve = CURVES[algorithm];
  return curve === undefined ? kty === 'RSA' : crv === curve;
}
