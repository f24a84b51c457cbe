import type { IncomingMessage } from 'node:http';

/** The token of a request; null for none. */
export type BearerRead = { readonly kind: 'token'; readonly token: string | null } | { readonly kind: 'malformed' };

/** RFC 6750, 2.1. The name of the scheme has no case. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Longest token, in characters. */
export const TOKEN_LENGTH_MAX = 8_192;

/** Reads `Authorization: Bearer TOKEN`. Several such headers, another scheme and an empty token are malformed. */
export function readBearer({ headers, rawHeaders = [] }: Partial<IncomingMessage>): BearerRead {
  // The platform keeps the first of several lines. A request of an injector may have no raw headers.
  const lines = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization').length;
  const header = headers?.authorization;
  if (header === undefined && lines === 0) return { kind: 'token', token: null };
  const token = BEARER.exec(header ?? '')?.[1];
  if (lines > 1 || token === undefined || token.length > TOKEN_LENGTH_MAX) return { kind: 'malformed' };
  return { kind: 'token', token };
}
