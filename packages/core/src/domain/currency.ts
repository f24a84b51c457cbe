/**
 * Currencies as the platform's Intl data (ISO 4217 through CLDR) knows them: no table of our own to go stale.
 */

const known: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const decimalsByCode = new Map<string, number>();

/**
 * The number of decimals of a currency's minor unit (JPY 0, EUR 2, KWD 3), or null when the code,
 * in upper case, is not a currency that the platform knows.
 */
export function currencyDecimals(code: string): number | null {
  const cached = decimalsByCode.get(code);
  if (cached !== undefined) return cached;
  if (!known.has(code)) return null;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 0;
  decimalsByCode.set(code, decimals);
  return decimals;
}
