import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LedgerCharge } from '@reservations/core';

/** The charges of an export, and every line that is not what it should be. */
export interface LedgerFile {
  readonly charges: readonly LedgerCharge[];
  /** Each names its line. */
  readonly faults: readonly string[];
}

/**
 * Reads an export of a payment service's ledger: one JSON object a line, blank lines aside. Declined lines are no
 * charges. @throws what reading the file throws.
 */
export async function readLedgerFile(path: string): Promise<LedgerFile> {
  const charges: LedgerCharge[] = [];
  const faults: string[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (typeof read === 'string') faults.push(`${path}: line ${number}: ${read}`);
    else if (read !== null) charges.push(read);
  }
  return { charges, faults };
}

/** The charge of a line, null for a decline, or what is wrong with the line. */
function readLine(line: string): LedgerCharge | null | string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return 'is no JSON';
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'is no JSON object';
  const fields = entry as Readonly<Record<string, unknown>>;
  const { result, amount } = fields;
  if (result === 'declined') return null;
  if (result !== 'charged') return `result should be "charged" or "declined", is ${JSON.stringify(result) ?? 'absent'}`;
  const text: Record<string, string> = {};
  for (const name of ['reservation_id', 'user_id', 'currency', 'transaction_id']) {
    const value = fields[name];
    if (typeof value !== 'string' || value === '') {
      return `${name} should be a text that is not empty, is ${JSON.stringify(value) ?? 'absent'}`;
    }
    text[name] = value;
  }
  if (typeof amount !== 'number') return `amount should be a number, is ${JSON.stringify(amount) ?? 'absent'}`;
  const { reservation_id = '', user_id = '', currency = '', transaction_id = '' } = text;
  return { reservationId: reservation_id, userId: user_id, amount, currency, transactionId: transaction_id };
}
