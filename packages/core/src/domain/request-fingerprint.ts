import { nearestAmount } from './amount-number.ts';
import { DEFAULT_CURRENCY } from './create-request.ts';
import { CURRENCY_DECIMALS_MAX } from './iso-4217.ts';
import { isObject } from './metadata.ts';
import { isDecimalText, parseMinorUnits } from './money.ts';
import type { RequestFields } from './request-fault.ts';

/**
 * Identifies a request by what was sent, normalized so that equal requests give equal texts: an amount counts as a number
 * whether it was sent as a number or a text, the case of the currency is ignored, and an absent currency is
 * {@link DEFAULT_CURRENCY}. The order of the metadata does not count, and metadata without members are none; a request
 * with neither reference nor metadata is identified by the other three fields. Null when a field has the wrong type.
 *
 * A fingerprint is stored as long as its reservation. It therefore depends on nothing that a release may change: neither
 * the table of currencies nor the bounds of a field. A request that this release refuses has a fingerprint, too.
 */
export function requestFingerprint(fields: RequestFields): string | null {
  const { userId, currency = DEFAULT_CURRENCY } = fields;
  const amount = canonicalAmount(fields.amount);
  const about = canonicalAbout(fields.reference ?? null, fields.metadata ?? null);
  if (typeof userId !== 'string' || typeof currency !== 'string' || amount === null || about === null) return null;
  return JSON.stringify([userId, amount, upperCaseAscii(currency), ...about]);
}

/** What the request adds to a fingerprint for its reference and metadata: nothing when it has neither. */
function canonicalAbout(reference: unknown, metadata: unknown): readonly unknown[] | null {
  if (reference === null && metadata === null) return [];
  const members = metadata === null ? [] : canonicalMembers(metadata);
  if (members === null || (reference !== null && typeof reference !== 'string')) return null;
  return reference === null && members.length === 0 ? [] : [reference, members];
}

/** The members by their names, in an order that does not depend on a locale. */
function canonicalMembers(metadata: unknown): readonly (readonly [string, unknown])[] | null {
  if (!isObject(metadata)) return null;
  const members = Object.entries(metadata);
  if (members.some(([, value]) => typeof value !== 'string')) return null;
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
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
