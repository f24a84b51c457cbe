export { hashOfApiKey } from './adapters/system/api-key.ts';
export {
  createApiKey,
  listApiKeys,
  moveStore,
  type OnThisMachine,
  repairView,
  resolveByLedger,
  resolvePayment,
  revokeApiKey,
} from './operate.ts';
export {
  type ApiKeyDeps,
  type ApiKeyFacts,
  type ApiKeyState,
  apiKeyStateAt,
  type CreateApiKeyOptions,
  type CreatedApiKey,
} from './application/operations/api-keys.ts';
export {
  type LedgerCharge,
  type LedgerDifference,
  reconcileLedger,
  type Reconciliation,
  type ReconcileOptions,
} from './application/operations/reconcile-ledger.ts';
export type { MoveOptions, MoveProgress, MoveResult } from './application/move/move-store.ts';
export type { MoveCounts, MoveEnds } from './application/move/verify-move.ts';
export {
  type LedgerEvidence,
  type LedgerResolution,
  type LedgerSilence,
  type LeftToOperator,
  type ResolveByLedgerOptions,
  type ResolvedByLedger,
} from './application/operations/resolve-by-ledger.ts';
export type { Resolution, ResolveResult } from './application/operations/resolve-payment.ts';
export type { RepairedView, RepairProgress, RepairViewOptions } from './application/operations/repair-view.ts';
export { type Verification, verifyStore } from './application/operations/verify-store.ts';
export {
  FIND_LIMIT_DEFAULT,
  FIND_LIMIT_MAX,
  type FindConditions,
  type FindOptions,
  findReservations,
  type FoundReservations,
} from './application/operations/find-reservations.ts';
export {
  OPEN_PAYMENTS_LIMIT_DEFAULT,
  type OpenPayment,
  openPayments,
  type OpenPayments,
  type OpenPaymentsOptions,
} from './application/operations/open-payments.ts';
export {
  listSubscriptions,
  resumeSubscription,
  type ResumeSubscriptionOptions,
  type SubscriptionList,
  type SubscriptionProgress,
} from './application/operations/subscriptions.ts';
export { CALLER_EXPECTED } from './domain/caller.ts';
export { IDEMPOTENCY_KEY_EXPECTED } from './domain/idempotency-key.ts';
export { OPERATOR_NOTE_EXPECTED, parseOperatorNote } from './domain/operator-note.ts';
export { isTransactionId, TRANSACTION_ID_EXPECTED } from './domain/transaction-id.ts';
export type { Finding } from './domain/reservation/commands.ts';
export { evolve, initialState, isOpen, type Rejection, type Reservation } from './domain/reservation/reservation.ts';
export { decodeEvent, type DecodedEvent, decodeKnownEvent, encodeEvent } from './domain/reservation/stored-event.ts';
export { summarize } from './domain/reservation/summary.ts';
