import { ReservationError } from '@reservations/core';

/**
 * Returns the value of an option that is a whole number within bounds.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function checkWholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const message = `${name}: expected a whole number from ${min} to ${max}, found ${JSON.stringify(value)}`;
  throw new ReservationError('INVALID_OPTION', message);
}
