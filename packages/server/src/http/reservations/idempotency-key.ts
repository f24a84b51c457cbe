import { isIdempotencyKey } from '@reservations/core';

/** What an `Idempotency-Key` header says. */
export type IdempotencyKeyRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'malformed' };

/** Reads an `Idempotency-Key`: bare, or as the quoted string of the IETF draft; both name the same key. */
export function readIdempotencyKey(header: string | undefined): IdempotencyKeyRead {
  if (header === undefined) return { kind: 'none' };
  const key = header.startsWith('"') ? unquote(header) : header;
  return key !== null && isIdempotencyKey(key) ? { kind: 'key', key } : { kind: 'malformed' };
}

/** A string of RFC 8941: only quote and backslash are escaped. */
function unquote(text: string): string | null {
  const match = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text);
  return match === null ? null : (match[1] ?? '').replaceAll(/\\(.)/g, '$1');
}
