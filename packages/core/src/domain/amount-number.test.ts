import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMOUNT_ULPS_MAX, readAmountNumber } from './amount-number.ts';
import { AMOUNT_MINOR_MAX } from './money.ts';

const SEED = 4_217;
const DECIMALS = [0, 2, 3, 4];

/** The double that lies `steps` doubles above a positive one, below it when negative. */
function step(value: number, steps: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  return new Float64Array(BigInt64Array.of((bits[0] ?? 0n) + BigInt(steps)).buffer)[0] ?? Number.NaN;
}

/** The double of an amount, by way of its text and without the code under test. */
function major(amountMinor: number, decimals: number): number {
  return Number(`${amountMinor}e-${decimals}`);
}

/** The distance of a double from an amount in minor units, without an error of its own: in billionths. */
function distance(value: number, amountMinor: number, decimals: number): number {
  const scale = 2n ** 80n;
  // A multiple of 2^-80, as every double from 2^-28 on is.
  const scaled = BigInt(value * 2 ** 80);
  const billionths = ((scaled * 10n ** BigInt(decimals) - BigInt(amountMinor) * scale) * 1_000_000_000n) / scale;
  return Math.abs(Number(billionths));
}

describe('a number', () => {
  test.each([
    [0.1 + 0.2, 2, 30],
    [0.7 + 0.1, 2, 80],
    [1.1 + 2.2, 2, 330],
    [19.99 * 3, 2, 5_997],
    [1.15 * 100, 0, 115],
    [Array.from({ length: 10 }, () => 0.1).reduce((sum, each) => sum + each, 0), 2, 100],
    [Array.from({ length: 10 }, () => 0.001).reduce((sum, each) => sum + each, 0), 3, 10],
    [10.5, 2, 1_050],
    [100, 0, 100],
    [9_999_999_999_999.99, 2, AMOUNT_MINOR_MAX],
    [999_999_999_999_999, 0, AMOUNT_MINOR_MAX],
    [99_999_999_999.9999, 4, AMOUNT_MINOR_MAX],
  ])('%d with %i decimals is the amount of %i minor units', (value, decimals, amountMinor) => {
    expect(readAmountNumber(value, decimals)).toBe(amountMinor);
  });

  test.each([
    [10.005, 2, 'too-many-decimals'],
    [10.001, 2, 'too-many-decimals'],
    [0.301, 2, 'too-many-decimals'],
    [10.000_000_1, 2, 'too-many-decimals'],
    [0.300_000_000_000_01, 2, 'too-many-decimals'],
    [0.000_000_000_000_000_04, 2, 'too-many-decimals'],
    [1.5, 0, 'too-many-decimals'],
    [Number('9999999999999.995'), 2, 'too-many-decimals'],
    [999_999_999_999_998.5, 0, 'too-many-decimals'],
    [step(10_000_000_000_000, 1), 2, 'too-large'],
    [1e21, 2, 'too-large'],
    [0, 2, 'not-positive'],
    [-0, 2, 'not-positive'],
    [-10.5, 2, 'not-positive'],
    [0.3 - 0.1 - 0.2, 2, 'not-positive'],
    [Number.NaN, 2, 'not-finite'],
    [Number.POSITIVE_INFINITY, 2, 'not-finite'],
  ])('%d with %i decimals is refused: %s', (value, decimals, fault) => {
    expect(readAmountNumber(value, decimals)).toBe(fault);
  });

  const amounts = fc.oneof(
    fc.integer({ min: 1, max: 100_000 }),
    fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
    fc.integer({ min: AMOUNT_MINOR_MAX - 1_000, max: AMOUNT_MINOR_MAX }),
  );

  test('within the bound of an amount is that amount, and one beyond it is refused', () => {
    const steps = fc.integer({ min: -2 * AMOUNT_ULPS_MAX, max: 2 * AMOUNT_ULPS_MAX });
    const usual = fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 10 ** 13 }));
    fc.assert(
      fc.property(usual, fc.constantFrom(...DECIMALS), steps, (amountMinor, decimals, ulps) => {
        const value = step(major(amountMinor, decimals), ulps);
        const isNear = Math.abs(ulps) <= AMOUNT_ULPS_MAX;
        expect(readAmountNumber(value, decimals)).toBe(isNear ? amountMinor : 'too-many-decimals');
      }),
      { seed: SEED, numRuns: 5_000 },
    );
  });

  test('of any size is never an amount that is far away, and none half-way between two', () => {
    const fractions = fc.oneof(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 450, max: 550 }));
    fc.assert(
      fc.property(amounts, fc.constantFrom(...DECIMALS), fractions, (amountMinor, decimals, thousandths) => {
        fc.pre(amountMinor < AMOUNT_MINOR_MAX);
        const value = Number(`${amountMinor}.${String(thousandths).padStart(3, '0')}e-${decimals}`);
        const read = readAmountNumber(value, decimals);
        if (typeof read === 'number') expect(distance(value, read, decimals)).toBeLessThan(350_000_000);
        if (thousandths >= 450 && thousandths <= 550) expect(read).toBe('too-many-decimals');
      }),
      { seed: SEED, numRuns: 5_000 },
    );
  });

  test.each([2, 3])('that is a sum of up to ten amounts with %i decimals is the sum of the amounts', (decimals) => {
    const parts = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 10 });
    let outside = 0;
    fc.assert(
      fc.property(parts, (minors) => {
        const total = minors.reduce((sum, minor) => sum + minor, 0);
        const value = minors.reduce((sum, minor) => sum + major(minor, decimals), 0);
        const nearest = Array.from({ length: 2 * AMOUNT_ULPS_MAX + 1 }, (_, n) => step(value, n - AMOUNT_ULPS_MAX));
        const isWithinBound = nearest.includes(major(total, decimals));
        if (!isWithinBound) outside += 1;
        expect(readAmountNumber(value, decimals)).toBe(isWithinBound ? total : 'too-many-decimals');
      }),
      { seed: SEED, numRuns: 5_000 },
    );
    expect(outside).toBe(0);
  });
});
