import { nearestAmount } from './amount-number.ts';
import { DEFAULT_CURRENCY, type RequestField } from './create-request.ts';
import { CURRENCY_DECIMALS_MAX } from './iso-4217.ts';
import { isDecimalText, parseMinorUnits } from './money.ts';

/**
 * Identifies a request by what was sent, normalized so that equal requests give equal texts: an amount counts as a number
 * whether it was sent as a number or a text, the case of the currency is ignored, and an absent currency is
 * {@link DEFAULT_CURRENCY}. Null when a field has the wrong type.
 *
 * A fingerprint is stored as long as its reservation. It therefore depends on nothing that a release may change: neither
 * the table of currencies nor the bounds of a field. A request that this release refuses has a fingerprint, too.
 */
export function requestFingerprint(fields: Readonly<Partial<Record<RequestField, unknown>>>): string | null {
  const { userId, currency = DEFAULT_CURRENCY } = fields;
  const amount = canonicalAmount(fields.amount);
  if (typeof userId !== 'string' || typeof currency !== 'string' || amount === null) return null;
  return JSON.stringify([userId, amount, upperCaseAscii(currency)]);
}

function canonicalAmount(value: unknown): number | null {
  if (typeof value !== 'number' && !(typeof value === 'string' && isDecimalText(value))) return null;
  const amount = Number(value);
  return Number.isFinite(amount) ? withoutFloatError(amount) : null;
}

/** Digits that every double carries unchanged from decimal text and back (DBL_DIG of IEEE 754). */
const DIGITS = 15;

/**
 * Normalizes an amount without knowing its currency: 0.3 for 0.30000000000000004. An amount of at most 15 digits, which
 * every valid one has, stands for itself; of two candidates the nearer one counts.
 */
function withoutFloatError(value: number): number {
  if (value <= 0 || Number(value.toPrecision(DIGITS)) === value) return value;
  let found = { amount: value, ulps: Number.POSITIVE_INFINITY };
  for (let decimals = 0; decimals <= CURRENCY_DECIMALS_MAX; decimals += 1) {
    const nearest = nearestAmount(value, decimals);
    const isNearer = nearest !== null && nearest.ulps < found.ulps;
    const isAmount = isNearer && typeof parseMinorUnits(nearest.text, decimals) === 'number';
    if (isAmount) found = { amount: Number(nearest.text), ulps: nearest.ulps };
  }
  return found.amount;
}

/** Letters of other alphabets keep their case: "ı" in upper case would be the "I" of another code. */
function upperCaseAscii(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}
