import type { JWTPayload } from 'jose';
import { parseCaller } from '@reservations/core';
import { callerOf, type JwtPrincipal } from '../principal.ts';
import { type Scope, SCOPE_NAMES } from '../scopes.ts';

/** Types of tokens that are for an API: RFC 7519, 5.1, and RFC 9068, 2.1. Without a type it is one of these as well. */
const TOKEN_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/** True for the type of a token that is for an API, and not for another purpose (an ID token has none of its own). */
export function isTokenType(typ: unknown): boolean {
  if (typ === undefined) return true;
  return typeof typ === 'string' && TOKEN_TYPES.has(typ.toLowerCase().replace(/^application\//, ''));
}

/** Returns the principal of a token whose signature was verified; null when its subject can be none. */
export function principalOf(claims: JWTPayload): JwtPrincipal | null {
  const subject: unknown = claims.sub;
  if (typeof subject !== 'string' || subject === '') return null;
  const principal: JwtPrincipal = { kind: 'jwt', subject, scopes: scopesOf(claims) };
  return parseCaller(callerOf(principal)) === null ? null : principal;
}

/** Returns the scopes of `scope`, or without it of `scp`: words in a text, or in a list. Unknown words permit nothing. */
function scopesOf(claims: JWTPayload): readonly Scope[] {
  const words = wordsOf(claims['scope'] ?? claims['scp']);
  return SCOPE_NAMES.filter((scope) => words.includes(scope));
}

function wordsOf(claim: unknown): readonly unknown[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim : [];
}
