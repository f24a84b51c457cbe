import { resolveByLedger } from '@reservations/core';
import type { LedgerEntry } from '@reservations/core/testing';
import type { Database } from '../databases/database.ts';
import { readJsonLines } from '../evidence/json-lines.ts';

/** Who decides by the ledger when a run is over; stands in the streams. */
export const LEDGER_ACTOR = 'harness';

/** Confirms every escalated payment that the payment service's ledger proves to be charged, as an operator would. */
export async function closeByLedger(database: Database, ledgerPath: string): Promise<void> {
  const entries = await readJsonLines<LedgerEntry>(ledgerPath);
  const charges = entries.flatMap((entry, index) => {
    if (entry.result !== 'charged') return [];
    const { reservation_id: reservationId, user_id: userId, amount, currency, transaction_id: transactionId } = entry;
    return [{ reservationId, userId, amount, currency, transactionId, source: `ledger, line ${index + 1}` }];
  });
  await database.look((store) => resolveByLedger(store, charges, { actor: LEDGER_ACTOR }));
}
