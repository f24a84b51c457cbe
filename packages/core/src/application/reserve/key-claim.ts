import type { CreateRequest } from '../../domain/create-request.ts';
import { IDEMPOTENCY_KEY_EXPECTED, isIdempotencyKey } from '../../domain/idempotency-key.ts';
import { requestFingerprint } from '../../domain/request-fingerprint.ts';
import { checkText } from '../../options.ts';
import type { KeyClaim } from '../../ports/inline-writes.ts';

/**
 * Builds the claim of a request on its key; keys of different callers are independent. Null without a key, and for a body
 * that is no request: a field is absent or of another type. A request that this release refuses has a claim, because an
 * earlier release may have accepted it.
 * @throws {ReservationError} INVALID_OPTION for a malformed key.
 */
export function claimOf(request: CreateRequest, caller: string, key: string | undefined): KeyClaim | null {
  if (key === undefined) return null;
  checkKey(key);
  const fingerprint = requestFingerprint(request);
  return fingerprint === null ? null : { scope: caller, key, fingerprint };
}

/** @throws {ReservationError} INVALID_OPTION for a malformed key. */
export function checkKey(key: string): void {
  checkText('idempotencyKey', key, isIdempotencyKey, IDEMPOTENCY_KEY_EXPECTED);
}
