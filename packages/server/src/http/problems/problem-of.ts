import { isReservationError, type ReservationErrorCode } from '@reservations/core';
import type { Problem } from './problems.ts';

const RETRY_AFTER_SECONDS = 1;

/** The problem of work that a stopping server does not take. */
export const SHUTTING_DOWN: Problem = {
  code: 'shutting_down',
  detail: 'The service is shutting down; please try again.',
  headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
};

/** The problem of a request beyond those that may be under way. */
export const OVERLOADED: Problem = {
  code: 'overloaded',
  detail: 'The service is overloaded and has not taken the request; please try again.',
  headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
};

/** Returns the problem that a client reads for a thrown error. Details are left out unless the client can act on them. */
export function problemOf(error: unknown): Problem {
  return isReservationError(error) ? problemOfCode(error.code) : INTERNAL_ERROR;
}

const INTERNAL_ERROR: Problem = { code: 'internal_error', detail: 'Internal Server Error' };

function problemOfCode(code: ReservationErrorCode): Problem {
  const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  switch (code) {
    case 'STORE_UNAVAILABLE':
    case 'STORE_CLOSED':
    // While serving it means that the database is the target of a move that began meanwhile.
    case 'STORE_UNSUITABLE':
    case 'TOO_MANY_CONFLICTS':
      return { code: 'store_unavailable', detail: STORE_UNAVAILABLE_DETAIL, headers };
    case 'STORE_NEWER':
      return { code: 'store_newer', detail: STORE_NEWER_DETAIL, headers };
    case 'STOPPED':
      return SHUTTING_DOWN;
    case 'OVERLOADED':
      return OVERLOADED;
    case 'INVALID_OPTION':
    case 'STORE_IN_USE':
    case 'STORE_CORRUPT':
      return INTERNAL_ERROR;
  }
}

const STORE_NEWER_DETAIL =
  'A later release of this service has changed the reservation. Repeat the request, which another server may answer.';

/** It may have been committed: only the same key makes it safe to send the request again. */
const STORE_UNAVAILABLE_DETAIL =
  'The reservation store is temporarily unavailable. Repeat the request with the same Idempotency-Key.';
