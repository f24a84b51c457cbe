export {
  type LedgerCharge,
  type LedgerDifference,
  reconcileLedger,
  type Reconciliation,
} from './application/operations/reconcile-ledger.ts';
export { type MoveOptions, type MoveProgress, type MoveResult, moveStore } from './application/move/move-store.ts';
export type { MoveCounts, MoveEnds } from './application/move/verify-move.ts';
export {
  LEDGER_SOURCE_LENGTH_MAX,
  type LedgerEvidence,
  type LedgerResolution,
  type LedgerSilence,
  type LeftToOperator,
  resolveByLedger,
  type ResolvedByLedger,
} from './application/operations/resolve-by-ledger.ts';
export { resolvePayment, type Resolution, type ResolveResult } from './application/operations/resolve-payment.ts';
export {
  type RepairedView,
  type RepairProgress,
  repairView,
  type RepairViewOptions,
} from './application/operations/repair-view.ts';
export { type Verification, verifyStore } from './application/operations/verify-store.ts';
