import type { LedgerCharge } from '@reservations/core/operations';
import { readTextLines } from './text-lines.ts';

/** A charge, and the number of its line. */
export interface LedgerLine extends LedgerCharge {
  readonly line: number;
}

/** The charges of an export, and every line that is not what it should be. */
export interface LedgerFile {
  readonly charges: readonly LedgerLine[];
  /** Each names its line. */
  readonly faults: readonly string[];
}

/**
 * Reads an export of a payment service's ledger: one JSON object a line, in UTF-8, blank lines aside. Declined lines
 * are no charges. @throws what reading the file throws.
 */
export async function readLedgerFile(path: string): Promise<LedgerFile> {
  const charges: LedgerLine[] = [];
  const faults: string[] = [];
  for await (const line of readTextLines(path)) {
    if (line.kind === 'text' && BLANK.test(line.text)) continue;
    const read = line.kind === 'fault' ? line.fault : readLine(line.text);
    if (typeof read === 'string') faults.push(`${path}: line ${line.number}: ${read}`);
    else if (read !== null) charges.push({ ...read, line: line.number });
  }
  return { charges, faults };
}

/** What JSON takes for white space. */
const BLANK = /^[ \t\r]*$/;

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
