/**
 * An amount in whole minor units of its currency.
 *
 * `decimals` is stored with the amount: the table of currencies may change between releases, and an amount stored with two
 * decimals must always be read with two.
 */
export interface Money {
  /** Positive safe integer: 1050 is 10.50 EUR, 1050 JPY, 1.050 KWD. */
  readonly amountMinor: number;
  /** ISO 4217 code in upper case. */
  readonly currency: string;
  /** Decimals of the minor unit when the amount was accepted. */
  readonly decimals: number;
}

/**
 * Largest amount, in minor units. The payment service takes a double in major units, and every double carries 15
 * significant digits unchanged in both directions (DBL_DIG of IEEE 754).
 */
export const AMOUNT_MINOR_MAX = 999_999_999_999_999;

/** Why a text is no amount of a currency. */
export type AmountFault = 'not-a-number' | 'not-finite' | 'not-positive' | 'too-many-decimals' | 'too-large';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const DECIMAL_LENGTH_MAX = 64;
const EXPONENT_MAX = 64;

/** True for a text that is a decimal number ("10.5", "+5", ".5", "1e2"), of any size and sign. */
export function isDecimalText(text: string): boolean {
  const match = DECIMAL.exec(text);
  return match !== null && /\d/.test(`${match[2]}${match[3] ?? ''}`);
}

/**
 * Parses a decimal text in major units ("10.5", "1e2") as whole minor units, exactly; never rounds. Digits behind the
 * currency's last decimal must be zeros.
 */
export function parseMinorUnits(text: string, decimals: number): number | AmountFault {
  if (/^[+-]?(Infinity|NaN)$/.test(text)) return 'not-finite';
  const match = DECIMAL.exec(text);
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match ?? [];
  if (match === null || whole.length + fraction.length === 0) return 'not-a-number';
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '' || sign === '-') return 'not-positive';
  const exponent = Number(exponentText);
  if (text.length > DECIMAL_LENGTH_MAX || Math.abs(exponent) > EXPONENT_MAX) {
    return exponent < 0 || (exponent === 0 && fraction.length > decimals) ? 'too-many-decimals' : 'too-large';
  }
  const shift = decimals + exponent - fraction.length;
  const kept = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, Math.max(0, digits.length + shift));
  const dropped = shift >= 0 ? '' : digits.slice(Math.max(0, digits.length + shift));
  if (/[1-9]/.test(dropped)) return 'too-many-decimals';
  const amountMinor = Number(kept);
  return amountMinor > AMOUNT_MINOR_MAX ? 'too-large' : amountMinor;
}

/** Formats the amount in major units with all its decimals: "10.50". Inverse of {@link parseMinorUnits}. */
export function formatMoney(money: Money): string {
  const digits = String(money.amountMinor).padStart(money.decimals + 1, '0');
  if (money.decimals === 0) return digits;
  return `${digits.slice(0, -money.decimals)}.${digits.slice(-money.decimals)}`;
}

/** The double nearest to the amount in major units; exact up to {@link AMOUNT_MINOR_MAX}. */
export function toMajorUnits(money: Money): number {
  return Number(formatMoney(money));
}
