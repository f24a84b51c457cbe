import { newApiKey } from './adapters/system/api-key.ts';
import { systemRuntime } from './adapters/system/runtime.ts';
import { moveStore as move, type MoveOptions, type MoveResult } from './application/move/move-store.ts';
import type { MoveEnds } from './application/move/verify-move.ts';
import {
  repairView as repair,
  type RepairedView,
  type RepairViewOptions,
} from './application/operations/repair-view.ts';
import {
  type LedgerEvidence,
  type LedgerResolution,
  resolveByLedger as resolveAllByLedger,
  type ResolveByLedgerOptions,
} from './application/operations/resolve-by-ledger.ts';
import {
  resolvePayment as resolve,
  type Resolution,
  type ResolveResult,
} from './application/operations/resolve-payment.ts';
import {
  type ApiKeyDeps,
  type ApiKeyFacts,
  createApiKey as create,
  type CreateApiKeyOptions,
  type CreatedApiKey,
  listApiKeys as listKeys,
  revokeApiKey as revoke,
} from './application/operations/api-keys.ts';
import type { RevokeResult } from './ports/api-keys.ts';
import type { ReservationStore } from './ports/reservation-store.ts';
import type { Runtime } from './ports/runtime.ts';

/** Options whose clock and ids are this machine's unless given. */
export type OnThisMachine<Options extends { readonly runtime: Runtime }> = Omit<Options, 'runtime'> & {
  readonly runtime?: Runtime;
};

/**
 * Settles an escalated payment by an operator's finding, with name and reason, which become part of the stream. Sends
 * nothing to the payment service.
 * @throws {ReservationError} INVALID_OPTION (caller, actor, reason, transaction id), STORE_UNAVAILABLE
 */
export function resolvePayment(
  store: ReservationStore,
  reservationId: string,
  resolution: OnThisMachine<Resolution>,
): Promise<ResolveResult> {
  return resolve(store, reservationId, { ...resolution, runtime: resolution.runtime ?? systemRuntime() });
}

/**
 * Confirms every escalated payment for which the ledger proves exactly one charge of the same user, amount and currency.
 * All others stay escalated: that the ledger has no charge proves nothing. Sends nothing to the payment service.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNAVAILABLE: payments resolved before it stay resolved, and the same
 * call may be repeated
 */
export function resolveByLedger(
  store: ReservationStore,
  charges: Iterable<LedgerEvidence>,
  options: OnThisMachine<ResolveByLedgerOptions>,
): Promise<LedgerResolution> {
  return resolveAllByLedger(store, charges, { ...options, runtime: options.runtime ?? systemRuntime() });
}

/**
 * Corrects the view in place, beside running servers: writes the rows that differ from their streams, and removes those
 * without a stream. Interrupted, it can be run again; see {@link RepairViewOptions}.
 * @throws {ReservationError} INVALID_OPTION, STORE_CORRUPT, STORE_UNAVAILABLE, STORE_UNSUITABLE
 */
export function repairView(
  store: ReservationStore,
  options: OnThisMachine<RepairViewOptions> = {},
): Promise<RepairedView> {
  return repair(store, { ...options, runtime: options.runtime ?? systemRuntime() });
}

/**
 * Moves a store into another database, with all positions, keys, open payments and checkpoints. Run again after a fault or
 * a kill, it continues; see {@link MoveOptions}.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNSUITABLE, STORE_CORRUPT, STORE_UNAVAILABLE
 */
export function moveStore(ends: MoveEnds, options: OnThisMachine<MoveOptions> = {}): Promise<MoveResult> {
  return move(ends, { ...options, runtime: options.runtime ?? systemRuntime() });
}

/**
 * Makes an API key of the operating system's randomness and stores its SHA-256. The key is in the result and cannot be
 * shown again. Works beside running servers.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export function createApiKey(
  store: ReservationStore,
  options: OnThisMachine<Omit<CreateApiKeyOptions, 'newKey'>>,
): Promise<CreatedApiKey> {
  return create(store, { ...options, newKey: newApiKey, runtime: options.runtime ?? systemRuntime() });
}

/** Lists every API key, revoked ones too, the oldest first. @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE */
export function listApiKeys(
  store: ReservationStore,
  options: OnThisMachine<ApiKeyDeps> = {},
): Promise<readonly ApiKeyFacts[]> {
  return listKeys(store, { ...options, runtime: options.runtime ?? systemRuntime() });
}

/**
 * Revokes the API key with this prefix, for ever. Running servers refuse it within the life of their cache.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export function revokeApiKey(
  store: ReservationStore,
  prefix: string,
  options: OnThisMachine<ApiKeyDeps> = {},
): Promise<RevokeResult> {
  return revoke(store, prefix, { ...options, runtime: options.runtime ?? systemRuntime() });
}
