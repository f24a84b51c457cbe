import { ANONYMOUS_CALLER } from '@reservations/core';
import { permits, type Scope } from './scopes.ts';

/** The sender of a request that proves no identity. Without authentication every request is anonymous. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

/** The holder of an API key. Keys of the same name are the same principal, so that a key can be replaced. */
export interface ApiKeyPrincipal {
  readonly kind: 'api-key';
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** The subject of a JSON Web Token. */
export interface JwtPrincipal {
  readonly kind: 'jwt';
  readonly subject: string;
  readonly scopes: readonly Scope[];
}

/** The sender of a request. */
export type Principal = AnonymousPrincipal | ApiKeyPrincipal | JwtPrincipal;

/** The principal of a request that proves no identity. */
export const ANONYMOUS: Principal = { kind: 'anonymous' };

/**
 * Returns the option `caller` of the use cases: it is recorded in events, scopes idempotency keys and owns reservations.
 * Different for principals of different kinds.
 */
export function callerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return ANONYMOUS_CALLER;
    case 'api-key':
      return `api-key:${principal.name}`;
    case 'jwt':
      return `jwt:${principal.subject}`;
  }
}

/**
 * Returns the option `visibility` of the use cases: whether the principal may read the reservations of every caller.
 * Without authentication there is one caller, which also reads what was made under others before.
 */
export function visibilityOf(principal: Principal): 'all' | 'own' {
  if (principal.kind === 'anonymous') return 'all';
  return permits(principal.scopes, 'reservations:read:all') ? 'all' : 'own';
}
