import type { IncomingMessage } from 'node:http';
import { isReservationError, parseCaller } from '@reservations/core';
import { type ApiKeyPrincipal, callerOf, type JwtPrincipal } from './principal.ts';

/** The sender of a request that has proved its identity. */
export type AuthenticatedPrincipal = ApiKeyPrincipal | JwtPrincipal;

/** Why a request proves no identity. A wrong secret and an unknown key are the same. */
export type AuthenticationFailure = 'missing' | 'malformed' | 'invalid' | 'expired' | 'revoked';

/** What an authenticator says of a request. */
export type Authentication =
  | {
      readonly kind: 'authenticated';
      readonly principal: AuthenticatedPrincipal;
      /**
       * Time for which the answer holds, in milliseconds: a stream of events that is open is checked again behind it.
       * Default, and maximum: 5,000.
       */
      readonly validForMs?: number;
    }
  | { readonly kind: 'refused'; readonly reason: AuthenticationFailure }
  /** Whether the request proves an identity is unknown now: it is refused, and may be repeated. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** What is looked at. */
export interface AuthenticationRequest {
  /** What stands behind `Authorization: Bearer`; null when the request has no such header. */
  readonly token: string | null;
  /** For an application that looks at something else. Its body is not read yet. */
  readonly request: IncomingMessage;
}

/** Returns who sends a request. What it throws is answered as an error, and never lets the request in. */
export type Authenticator = (request: AuthenticationRequest) => Promise<Authentication>;

/** Calls an authenticator. A store that is away is "unavailable". @throws {Error} when the principal has not the form of one. */
export async function authenticate(
  authenticator: Authenticator,
  request: AuthenticationRequest,
): Promise<Authentication> {
  const found = await authenticator(request).catch((cause: unknown): Authentication => {
    if (isReservationError(cause)) return { kind: 'unavailable', cause };
    throw cause;
  });
  if (found.kind === 'authenticated' && !isSound(found.principal)) {
    throw new Error('the authenticator returned a principal whose kind or name cannot be one');
  }
  return found;
}

/** An application's own function may be written without types. */
function isSound(principal: AuthenticatedPrincipal): boolean {
  const isKnown = principal.kind === 'api-key' || principal.kind === 'jwt';
  const name: unknown = principal.kind === 'jwt' ? principal.subject : principal.name;
  return isKnown && typeof name === 'string' && name !== '' && parseCaller(callerOf(principal)) !== null;
}
