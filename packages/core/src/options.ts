import { excerpt } from './domain/display-text.ts';
import { ReservationError } from './errors.ts';

/** How much of a wrong value a message shows, in UTF-16 code units. */
const FOUND_LENGTH_MAX = 200;

/** The fault of a wrong option. Every check of an option throws it, in one shape: `name: expected …, found …`. */
export function invalidOption(name: string, expected: string, found: unknown): ReservationError {
  return new ReservationError('INVALID_OPTION', `${name}: expected ${expected}, found ${show(found)}`);
}

/** Returns a whole number within these bounds. @throws {ReservationError} INVALID_OPTION */
export function checkWholeNumber(
  name: string,
  value: number,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw invalidOption(name, `a whole number ${bounds}`, value);
}

/** Returns one of these texts. @throws {ReservationError} INVALID_OPTION */
export function checkOneOf<const Value extends string>(name: string, value: Value, values: readonly Value[]): Value {
  if (values.includes(value)) return value;
  throw invalidOption(name, values.map((each) => JSON.stringify(each)).join(' or '), value);
}

/** Returns true or false. @throws {ReservationError} INVALID_OPTION for every other value. */
export function checkSwitch(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidOption(name, 'true or false', value);
}

/** Returns a text that passes the test. @throws {ReservationError} INVALID_OPTION */
export function checkText(name: string, value: string, isValid: (text: string) => boolean, expected: string): string {
  if (typeof value === 'string' && isValid(value)) return value;
  throw invalidOption(name, expected, value);
}

function show(value: unknown): string {
  const isJson = typeof value === 'string' || (typeof value === 'object' && value !== null);
  const text = (isJson ? toJson(value) : null) ?? String(value);
  return excerpt(text, FOUND_LENGTH_MAX);
}

/** Null for what has no JSON: an object that holds itself, for example. */
function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}
