import { readAmountNumber } from './amount-number.ts';
import { currencyDecimals } from './currency.ts';
import { parseMetadata, type ReservationMetadata } from './metadata.ts';
import { type Money, parseMinorUnits } from './money.ts';
import { isPlainText } from './plain-text.ts';
import type { RequestFault, RequestFaultCode, RequestFields } from './request-fault.ts';
import { isLongerThan } from './text-length.ts';

/** Currency of a request without one. */
export const DEFAULT_CURRENCY = 'EUR';

/** Longest user id, in characters (Unicode code points). */
export const USER_ID_LENGTH_MAX = 256;

/** Longest reference, in characters (Unicode code points). */
export const REFERENCE_LENGTH_MAX = 255;

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
  /**
   * The caller's own id of what is reserved, such as the number of an order: 1 to {@link REFERENCE_LENGTH_MAX} characters,
   * without control characters. It need not be unique; a reservation can be looked up by it.
   */
  readonly reference?: string;
  /**
   * Texts by name, stored and returned, never interpreted: at most 20 members; names of 1 to 40 characters without control
   * characters, values of up to 500 characters without NUL.
   */
  readonly metadata?: ReservationMetadata;
}

/** A request that passed every check. */
export interface ValidRequest {
  readonly userId: string;
  readonly money: Money;
  /** Null when none was given. */
  readonly reference: string | null;
  /** Without members when none were given. */
  readonly metadata: ReservationMetadata;
}

/** A valid request, or all faults in the order of the fields. */
export type ParsedRequest =
  | { readonly kind: 'valid'; readonly request: ValidRequest }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Validates a request whose fields may hold any value. */
export function parseCreateRequest(fields: RequestFields): ParsedRequest {
  const currency = parseCurrency(fields.currency);
  const checks = {
    userId: fields.userId === undefined ? ('missing' as const) : parseText(fields.userId, USER_ID_LENGTH_MAX),
    amount: parseAmount(fields.amount, typeof currency === 'string' ? null : currency.decimals),
    currency,
    reference: parseReference(fields.reference),
  };
  const { userId, amount, reference } = checks;
  const metadata = parseMetadata(fields.metadata);
  const hasFields = typeof userId !== 'string' && typeof amount === 'number' && typeof currency !== 'string';
  if (hasFields && typeof reference !== 'string' && !isFaults(metadata)) {
    const money = { amountMinor: amount, currency: currency.code, decimals: currency.decimals };
    return { kind: 'valid', request: { userId: userId.text, money, reference: reference.text, metadata } };
  }
  const faults: RequestFault[] = [];
  for (const field of ['userId', 'amount', 'currency', 'reference'] as const) {
    const code = checks[field];
    if (typeof code === 'string') faults.push({ field, code });
  }
  return { kind: 'invalid', faults: isFaults(metadata) ? [...faults, ...metadata] : faults };
}

function isFaults(parsed: ReturnType<typeof parseMetadata>): parsed is readonly RequestFault[] {
  return Array.isArray(parsed);
}

function parseText(value: unknown, lengthMax: number): { readonly text: string } | RequestFaultCode {
  if (typeof value !== 'string') return 'not-a-string';
  if (value.length === 0) return 'empty';
  if (isLongerThan(value, lengthMax)) return 'too-long';
  return isPlainText(value) ? { text: value } : 'not-text';
}

const NO_REFERENCE = { text: null };

function parseReference(value: unknown): { readonly text: string | null } | RequestFaultCode {
  return value === undefined || value === null ? NO_REFERENCE : parseText(value, REFERENCE_LENGTH_MAX);
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
