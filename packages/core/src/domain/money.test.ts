import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyDecimals } from './currency.ts';
import { AMOUNT_MINOR_MAX, formatMoney, parseMinorUnits, toMajorUnits } from './money.ts';

describe('an amount', () => {
  test.each([
    ['100.0', 2, 10_000],
    ['100', 0, 100],
    ['1.234', 3, 1_234],
    ['10.5', 2, 1_050],
    ['.5', 2, 50],
    ['5.', 2, 500],
    ['+5', 2, 500],
    ['1e2', 2, 10_000],
    ['1.5E1', 0, 15],
    ['1000e-1', 0, 100],
    ['10.500', 2, 1_050],
    ['0.01', 2, 1],
    ['000000000000000000001', 2, 100],
    ['9999999999999.99', 2, AMOUNT_MINOR_MAX],
  ])('%s with %i decimals is %i minor units', (text, decimals, amountMinor) => {
    expect(parseMinorUnits(text, decimals)).toBe(amountMinor);
  });

  test.each([
    ['10.005', 2, 'too-many-decimals'],
    ['1.5', 0, 'too-many-decimals'],
    ['1e-3', 2, 'too-many-decimals'],
    ['1e-400', 2, 'too-many-decimals'],
    ['0.30000000000000004', 2, 'too-many-decimals'],
    ['0', 2, 'not-positive'],
    ['0.00', 2, 'not-positive'],
    ['-0', 2, 'not-positive'],
    ['-1', 2, 'not-positive'],
    ['1e400', 2, 'too-large'],
    ['10000000000000', 2, 'too-large'],
    ['1'.repeat(100), 2, 'too-large'],
    ['Infinity', 2, 'not-finite'],
    ['NaN', 2, 'not-finite'],
    ['abc', 2, 'not-a-number'],
    ['', 2, 'not-a-number'],
    ['.', 2, 'not-a-number'],
    ['e5', 2, 'not-a-number'],
    ['1,5', 2, 'not-a-number'],
    ['0x10', 2, 'not-a-number'],
    [' 1', 2, 'not-a-number'],
  ])('%s with %i decimals is refused: %s', (text, decimals, fault) => {
    expect(parseMinorUnits(text, decimals)).toBe(fault);
  });

  test('is the same to the last digit after its way through a double', () => {
    const amounts = fc.integer({ min: 1, max: AMOUNT_MINOR_MAX });
    fc.assert(
      fc.property(amounts, fc.constantFrom(0, 2, 3, 4), (amountMinor, decimals) => {
        const money = { amountMinor, currency: 'EUR', decimals };
        expect(parseMinorUnits(String(toMajorUnits(money)), decimals)).toBe(amountMinor);
        expect(parseMinorUnits(formatMoney(money), decimals)).toBe(amountMinor);
      }),
      { seed: 1 },
    );
  });

  test('is written with all its decimals', () => {
    expect(formatMoney({ amountMinor: 5, currency: 'EUR', decimals: 2 })).toBe('0.05');
    expect(formatMoney({ amountMinor: 1_234, currency: 'KWD', decimals: 3 })).toBe('1.234');
    expect(formatMoney({ amountMinor: 100, currency: 'JPY', decimals: 0 })).toBe('100');
  });
});

test('what is not a currency code in upper case has no decimals', () => {
  expect(['eur', 'ABC', '', 'EURO', '__proto__'].map(currencyDecimals)).toEqual([null, null, null, null, null]);
});
