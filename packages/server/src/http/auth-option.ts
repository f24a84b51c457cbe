import { ReservationError } from '@reservations/core';
import type { Authenticator } from '../auth/authenticator.ts';

/** Who may send requests: those whom an authenticator knows, or with "none" every client that reaches the service. */
export type AuthOption = Authenticator | 'none';

/**
 * Returns the authenticator, undefined for "none".
 * @throws {ReservationError} INVALID_OPTION when neither is given: a service is never open because an option was forgotten.
 */
export function checkAuth(auth: AuthOption | undefined): Authenticator | undefined {
  if (auth === 'none') return undefined;
  if (typeof auth === 'function') return auth;
  const expected = 'an authenticator, or "none" to let every client in that reaches the service';
  throw new ReservationError('INVALID_OPTION', `auth: expected ${expected}, found ${found(auth)}`);
}

/** An application may be written without types. */
function found(auth: unknown): string {
  return auth === undefined ? 'nothing' : `a value of type ${auth === null ? 'null' : typeof auth}`;
}
