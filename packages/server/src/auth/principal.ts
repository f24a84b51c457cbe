import { ANONYMOUS_CALLER } from '@reservations/core';

/** The sender of a request. Without authentication every request is anonymous. */
export interface Principal {
  readonly kind: 'anonymous';
}

/** The principal of a request that proves no identity. */
export const ANONYMOUS: Principal = { kind: 'anonymous' };

/** Returns the option `caller` of the use cases: it is recorded in events, and scopes idempotency keys. */
export function callerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return ANONYMOUS_CALLER;
  }
}
