import { resolveByLedger } from '@reservations/core/operations';
import type { LedgerEntry } from '@reservations/core/sandbox';
import type { Database } from '../databases/database.ts';
import { readJsonLines } from '../evidence/json-lines.ts';

/** The actor of resolutions by the ledger at the end of a run; recorded in the streams. */
export const LEDGER_ACTOR = 'harness';

/** Confirms every escalated payment that the ledger proves to be charged, as an operator does. */
export async function closeByLedger(database: Database, ledgerPath: string): Promise<void> {
  const entries = await readJsonLines<LedgerEntry>(ledgerPath);
  const charges = entries.flatMap((entry, index) => {
    if (entry.result !== 'charged') return [];
    const { reservation_id: reservationId, user_id: userId, amount, currency, transaction_id: transactionId } = entry;
    return [{ reservationId, userId, amount, currency, transactionId, source: `ledger, line ${index + 1}` }];
  });
  await database.inspect((store) => resolveByLedger(store, charges, { actor: LEDGER_ACTOR }));
}
