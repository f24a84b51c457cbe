import type { ReceivedPaymentRequest } from '../proto/messages.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { SandboxVerdict } from './magic-users.ts';

/** Executes payments, at most once for each reservation when idempotent. */
export interface Executor {
  /**
   * Executes the payment after `start`, or returns the first result for the reservation, also while that is pending.
   * "another-payment" when the reservation was used for a different payment.
   */
  execute(
    request: ReceivedPaymentRequest,
    verdict: Exclude<SandboxVerdict, { kind: 'nothing' }>,
    start: Promise<void>,
  ): Promise<LedgerEntry | 'another-payment'>;
  /** The charge with this transaction id, or null. */
  find(transactionId: string): LedgerEntry | null;
}

/** With `idempotent` false every call is executed, like a service without that guarantee. */
export function createExecutor(ledger: Ledger, idempotent: boolean, now: () => number): Executor {
  const results = new Map<string, Promise<LedgerEntry>>();
  const executions = new Map<string, number>();
  for (const entry of ledger.entries()) {
    if (!results.has(entry.reservation_id)) results.set(entry.reservation_id, Promise.resolve(entry));
    executions.set(entry.reservation_id, (executions.get(entry.reservation_id) ?? 0) + 1);
  }

  async function executeOnce(
    request: ReceivedPaymentRequest,
    verdict: Exclude<SandboxVerdict, { kind: 'nothing' }>,
    start: Promise<void>,
  ): Promise<LedgerEntry> {
    await start;
    const execution = (executions.get(request.reservation_id) ?? 0) + 1;
    executions.set(request.reservation_id, execution);
    const charged = verdict.kind === 'approve';
    const entry: LedgerEntry = {
      at: new Date(now()).toISOString(),
      result: charged ? 'charged' : 'declined',
      reservation_id: request.reservation_id,
      user_id: request.user_id,
      amount: request.amount,
      currency: request.currency,
      transaction_id: charged ? `TXN-${request.reservation_id}-${execution}` : '',
      message: charged ? 'Payment approved' : verdict.message,
    };
    await ledger.record(entry);
    return entry;
  }

  return {
    async execute(request, verdict, start) {
      if (!idempotent) return executeOnce(request, verdict, start);
      let result = results.get(request.reservation_id);
      if (result === undefined) {
        result = executeOnce(request, verdict, start);
        results.set(request.reservation_id, result);
      }
      const entry = await result;
      const same =
        entry.user_id === request.user_id && entry.amount === request.amount && entry.currency === request.currency;
      return same ? entry : 'another-payment';
    },
    find: (transactionId) =>
      ledger.entries().find((entry) => transactionId !== '' && entry.transaction_id === transactionId) ?? null,
  };
}
