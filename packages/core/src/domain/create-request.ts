import { readAmountNumber } from './amount-number.ts';
import { currencyDecimals } from './currency.ts';
import { type AmountFault, type Money, parseMinorUnits } from './money.ts';
import { isLongerThan } from './text-length.ts';

/** Currency of a request without one. */
export const DEFAULT_CURRENCY = 'EUR';

/** Longest user id, in characters (Unicode code points). */
export const USER_ID_LENGTH_MAX = 256;

/** A request as a caller sends it. */
export interface CreateRequest {
  readonly userId: string;
  /**
   * Major units: a decimal text ("10.50"), which is exact, or a number, which counts as the amount that it equals up to the
   * error of a computation in doubles (0.1 + 0.2 is 0.30).
   */
  readonly amount: string | number;
  /** ISO 4217 in either case. Default {@link DEFAULT_CURRENCY}. */
  readonly currency?: string;
}

/** A request that passed every check. */
export interface ValidRequest {
  readonly userId: string;
  readonly money: Money;
}

/** A field of {@link CreateRequest}. */
export type RequestField = 'userId' | 'amount' | 'currency';

/** Why a field is invalid. Stable: programs may branch on it. */
export type RequestFaultCode =
  | 'missing'
  | 'not-a-string'
  | 'not-a-number-type'
  | 'empty'
  | 'too-long'
  | 'not-text'
  | 'unknown-currency'
  | AmountFault;

/** A fault of one field. */
export interface RequestFault {
  readonly field: RequestField;
  readonly code: RequestFaultCode;
}

/** A valid request, or all faults in the order of the fields. */
export type ParsedRequest =
  | { readonly kind: 'valid'; readonly request: ValidRequest }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Validates a request whose fields may hold any value. */
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

/** Lone surrogates have no UTF-8 form; control characters must not reach a log line or a ledger. */
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
  // Letters of other alphabets may become ASCII in upper case.
  if (!/^[A-Za-z]{3}$/.test(value)) return 'unknown-currency';
  const code = value.toUpperCase();
  const decimals = currencyDecimals(code);
  return decimals === null ? 'unknown-currency' : { code, decimals };
}

/** With an unknown currency (decimals null), checks only what is invalid in every currency. */
function parseAmount(value: unknown, decimals: number | null): number | RequestFaultCode {
  if (value === undefined) return 'missing';
  if (typeof value !== 'number' && typeof value !== 'string') return 'not-a-number-type';
  const amountMinor =
    typeof value === 'number' ? readAmountNumber(value, decimals ?? 0) : parseMinorUnits(value, decimals ?? 0);
  const dependsOnCurrency = amountMinor === 'too-many-decimals' || amountMinor === 'too-large';
  return decimals === null && dependsOnCurrency ? 0 : amountMinor;
}
