import { ISO_4217_CODES } from './iso-4217.ts';

const decimalsByCode: ReadonlyMap<string, number> = new Map(
  [...ISO_4217_CODES].flatMap(([decimals, codes]) => codes.map((code) => [code, decimals] as const)),
);

/**
 * Number of decimals of a currency's minor unit in ISO 4217 (JPY 0, EUR 2, KWD 3), or null for a code that is not in this
 * release's table. Codes are in upper case. Stored amounts carry their own number of decimals.
 */
export function currencyDecimals(code: string): number | null {
  return decimalsByCode.get(code) ?? null;
}
