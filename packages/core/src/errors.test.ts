import { expect, test, vi } from 'vitest';
import type * as Errors from './errors.ts';
import { isReservationError, ReservationError } from './errors.ts';

/** A second instance of the module, as in a process that has the package installed twice. */
async function secondCopy(): Promise<typeof Errors> {
  vi.resetModules();
  return await import('./errors.ts');
}

test('an error of another copy of the package is recognized by its code', async () => {
  const copy = await secondCopy();
  const foreign = new copy.ReservationError('STORE_CLOSED', 'closed');
  expect(foreign).not.toBeInstanceOf(ReservationError);
  expect(isReservationError(foreign, 'STORE_CLOSED')).toBe(true);
  expect(isReservationError(foreign, 'STORE_CORRUPT')).toBe(false);
  expect(isReservationError(foreign)).toBe(true);
  expect(copy.isReservationError(new ReservationError('STOPPED', 'stopped'), 'STOPPED')).toBe(true);
});

test('an object with the same code and no brand is not recognized', () => {
  const lookalike = Object.assign(new Error('closed'), { name: 'ReservationError', code: 'STORE_CLOSED' });
  expect(isReservationError(lookalike, 'STORE_CLOSED')).toBe(false);
  expect(isReservationError(lookalike)).toBe(false);
  for (const thrown of [null, undefined, 'STORE_CLOSED', 7]) {
    expect(isReservationError(thrown, 'STORE_CLOSED')).toBe(false);
  }
});

test('the brand is not enumerable: two equal errors stay equal, and JSON does not show it', () => {
  const error = new ReservationError('STOPPED', 'stopped', { cause: 'a signal' });
  expect(Object.getOwnPropertySymbols(error).some((key) => Object.propertyIsEnumerable.call(error, key))).toBe(false);
  expect(Object.keys(error).toSorted()).toEqual(['code', 'name']);
  expect(error.cause).toBe('a signal');
});
