import { readAmountNumber } from './amount-number.ts';
import { currencyDecimals } from './currency.ts';
import { type AmountFault, type Money, parseMinorUnits } from './money.ts';
import { isLongerThan } from './text-length.ts';

/** Currency of a request that names none. */
export const DEFAULT_CURRENCY = 'EUR';

/** The longest user id, in characters (Unicode code points). */
export const USER_ID_LENGTH_MAX = 256;

/** What a caller asks for. */
export interface CreateRequest {
  readonly userId: string;
  /**
   * Major units: a decimal text ("10.50"), which is exact, or a number, which is the amount that it equals but for the
   * error of a computation in doubles (0.1 + 0.2 is 0.30).
   */
  readonly amount: string | number;
  /** ISO 4217 in either case; {@link DEFAULT_CURRENCY} when absent. */
  readonly currency?: string;
}

/** A request that passed every check. */
export interface ValidRequest {
  readonly userId: string;
  readonly money: Money;
}

/** A field of {@link CreateRequest}. */
export type RequestField = 'userId' | 'amount' | 'currency';

/** Why a field is refused. Stable: programs may branch on it. */
export type RequestFaultCode =
  | 'missing'
  | 'not-a-string'
  | 'not-a-number-type'
  | 'empty'
  | 'too-long'
  | 'not-text'
  | 'unknown-currency'
  | AmountFault;

/** One thing that is wrong with one field. */
export interface RequestFault {
  readonly field: RequestField;
  readonly code: RequestFaultCode;
}

/** Either a valid request or every fault that was found, in the order of the fields. */
export type ParsedRequest =
  | { readonly kind: 'valid'; readonly request: ValidRequest }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Checks a request whose fields may hold anything. */
export function parseCreateRequest(fields: Readonly<Partial<Record<RequestField, unknown>>>): ParsedRequest {
  const currency = parseCurrency(fields.currency);
  const checks = {
    userId: parseUserId(fields.userId),
    amount: parseAmount(fields.amount, typeof currency === 'string' ? null : currency.decimals),
    currency,
  };
  const { userId, amount } = checks;
  if (typeof userId !== 'string' && typeof amount === 'number' && typeof currency !== 'string') {
    const money = { amountMinor: amount, currency: currency.code, decimals: currency.decimals };
    return { kind: 'valid', request: { userId: userId.text, money } };
  }
  const faults: RequestFault[] = [];
  for (const field of ['userId', 'amount', 'currency'] as const) {
    const code = checks[field];
    if (typeof code === 'string') faults.push({ field, code });
  }
  return { kind: 'invalid', faults };
}

function parseUserId(value: unknown): { readonly text: string } | RequestFaultCode {
  if (value === undefined) return 'missing';
  if (typeof value !== 'string') return 'not-a-string';
  if (value.length === 0) return 'empty';
  if (isLongerThan(value, USER_ID_LENGTH_MAX)) return 'too-long';
  return isPlainText(value) ? { text: value } : 'not-text';
}

/** Lone surrogates have no UTF-8 form, and control characters no place in a log line or a ledger. */
function isPlainText(value: string): boolean {
  if (!value.isWellFormed()) return false;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}

function parseCurrency(value: unknown): { readonly code: string; readonly decimals: number } | RequestFaultCode {
  if (value === undefined) return parseCurrency(DEFAULT_CURRENCY);
  if (typeof value !== 'string') return 'not-a-string';
  // Letters of other alphabets turn into ours in upper case.
  if (!/^[A-Za-z]{3}$/.test(value)) return 'unknown-currency';
  const code = value.toUpperCase();
  const decimals = currencyDecimals(code);
  return decimals === null ? 'unknown-currency' : { code, decimals };
}

/** With an unknown currency (decimals null) only what is wrong in every currency counts. */
function parseAmount(value: unknown, decimals: number | null): number | RequestFaultCode {
  if (value === undefined) return 'missing';
  if (typeof value !== 'number' && typeof value !== 'string') return 'not-a-number-type';
  const amountMinor =
    typeof value === 'number' ? readAmountNumber(value, decimals ?? 0) : parseMinorUnits(value, decimals ?? 0);
  const dependsOnCurrency = amountMinor === 'too-many-decimals' || amountMinor === 'too-large';
  return decimals === null && dependsOnCurrency ? 0 : amountMinor;
}
