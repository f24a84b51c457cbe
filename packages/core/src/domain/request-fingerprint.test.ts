import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMOUNT_ULPS_MAX } from './amount-number.ts';
import { parseCreateRequest } from './create-request.ts';
import { ISO_4217_CODES } from './iso-4217.ts';
import { AMOUNT_MINOR_MAX, formatMoney, toMajorUnits } from './money.ts';
import { requestFingerprint } from './request-fingerprint.ts';

const SEED = 21;
const request = { userId: 'u1', amount: '10.50', currency: 'EUR' };

describe('the fingerprint of a request', () => {
  test('is its user, its amount as a number, and its currency', () => {
    expect(requestFingerprint(request)).toBe('["u1",10.5,"EUR"]');
  });

  test.each([
    [{ ...request, amount: 10.5 }],
    [{ ...request, amount: '10.5' }],
    [{ ...request, amount: '+010.500' }],
    [{ ...request, amount: '1.05e1' }],
    [{ ...request, amount: '105E-1' }],
    [{ ...request, currency: 'eur' }],
    [{ userId: 'u1', amount: 10.5 }],
    [{ ...request, currency: undefined }],
    [{ ...request, amount: `10.5${'0'.repeat(100)}` }],
    [{ ...request, amount: 10.500000000000002 }],
    [{ ...request, reference: null, metadata: null }],
    [{ ...request, metadata: {} }],
  ])('is the same for %j', (other) => {
    expect(requestFingerprint(other)).toBe(requestFingerprint(request));
  });

  test.each([
    [{ ...request, amount: '10.51' }],
    [{ ...request, amount: 10.500001 }],
    [{ ...request, amount: '-10.50' }],
    [{ ...request, currency: 'USD' }],
    [{ ...request, currency: '' }],
    [{ ...request, userId: 'U1' }],
    [{ ...request, userId: 'u1 ' }],
    [{ ...request, userId: 'u1","EUR' }],
    [{ ...request, reference: 'order-1' }],
    [{ ...request, metadata: { shop: 'Berlin' } }],
  ])('is another one for %j', (other) => {
    expect(requestFingerprint(other)).not.toBe(requestFingerprint(request));
    expect(requestFingerprint(other)).not.toBeNull();
  });

  test.each([
    ['an amount that no currency has', { ...request, amount: '10.123456789' }, '["u1",10.123456789,"EUR"]'],
    ['zero', { ...request, amount: '-0.00' }, '["u1",0,"EUR"]'],
    ['a code that is none', { ...request, currency: 'doubloons' }, '["u1",10.5,"DOUBLOONS"]'],
    ['letters of another alphabet', { ...request, currency: 'eıſ' }, '["u1",10.5,"Eıſ"]'],
    ['an empty user', { ...request, userId: '' }, '["",10.5,"EUR"]'],
    ['half a character', { ...request, userId: '\ud800\n' }, String.raw`["\ud800\n",10.5,"EUR"]`],
  ])('exists for what the rules of today refuse: %s', (_, other, fingerprint) => {
    expect(parseCreateRequest(other).kind).toBe('invalid');
    expect(requestFingerprint(other)).toBe(fingerprint);
  });

  test.each([
    [{}],
    [{ ...request, userId: undefined }],
    [{ ...request, userId: 7 }],
    [{ ...request, userId: null }],
    [{ ...request, amount: undefined }],
    [{ ...request, amount: null }],
    [{ ...request, amount: true }],
    [{ ...request, amount: ['10.5'] }],
    [{ ...request, amount: '' }],
    [{ ...request, amount: ' 10.5' }],
    [{ ...request, amount: '0x10' }],
    [{ ...request, amount: 'Infinity' }],
    [{ ...request, amount: '1e400' }],
    [{ ...request, amount: Number.NaN }],
    [{ ...request, amount: Number.NEGATIVE_INFINITY }],
    [{ ...request, currency: null }],
    [{ ...request, currency: 978 }],
    [{ ...request, reference: 7 }],
    [{ ...request, metadata: 'shop' }],
    [{ ...request, metadata: ['shop'] }],
    [{ ...request, metadata: { shop: 7 } }],
  ])('does not exist for %j', (other) => {
    expect(requestFingerprint(other)).toBeNull();
  });

  test('has reference and metadata, whatever the order of the members', () => {
    const about = { ...request, reference: 'order-1' };
    const expected = '["u1",10.5,"EUR","order-1",[["10","x"],["a","1"],["ä","2"]]]';
    expect(requestFingerprint({ ...about, metadata: { ä: '2', a: '1', 10: 'x' } })).toBe(expected);
    expect(requestFingerprint({ ...about, metadata: { 10: 'x', a: '1', ä: '2' } })).toBe(expected);
    expect(requestFingerprint(about)).toBe('["u1",10.5,"EUR","order-1",[]]');
    expect(requestFingerprint({ ...request, metadata: { a: '1' } })).toBe('["u1",10.5,"EUR",null,[["a","1"]]]');
  });

  test.each([
    [{ reference: 'order-2' }],
    [{ reference: undefined }],
    [{ metadata: undefined }],
    [{ metadata: { a: '2' } }],
    [{ metadata: { b: '1' } }],
    [{ metadata: { a: '1', b: '' } }],
  ])('differs when what the reservation is about differs: %j', (changed) => {
    const about = { ...request, reference: 'order-1', metadata: { a: '1' } };
    expect(requestFingerprint({ ...about, ...changed })).not.toBe(requestFingerprint(about));
  });

  const amountsMinor = fc.oneof(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
    fc.integer({ min: AMOUNT_MINOR_MAX - 1_000, max: AMOUNT_MINOR_MAX }),
  );
  const codes = fc.constantFrom(
    ...[...ISO_4217_CODES].flatMap(([decimals, group]) => group.map((currency) => ({ currency, decimals }))),
  );

  test('of a valid request is of the amount that was read, in whatever form it was sent', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), amountsMinor, codes, (userId, amountMinor, { currency, decimals }) => {
        const money = { amountMinor, currency, decimals };
        const expected = JSON.stringify([userId, toMajorUnits(money), currency]);
        for (const amount of [formatMoney(money), toMajorUnits(money), String(toMajorUnits(money))]) {
          expect(requestFingerprint({ userId, amount, currency })).toBe(expected);
        }
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test('does not count the error of a computation in doubles', () => {
    const ulps = fc.integer({ min: -AMOUNT_ULPS_MAX, max: AMOUNT_ULPS_MAX });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), codes, ulps, (amountMinor, { currency, decimals }, steps) => {
        const bits = new BigInt64Array(Float64Array.of(Number(`${amountMinor}e-${decimals}`)).buffer);
        const [amount] = new Float64Array(BigInt64Array.of((bits[0] ?? 0n) + BigInt(steps)).buffer);
        const parsed = parseCreateRequest({ userId: 'u', amount, currency });
        expect(parsed).toEqual({
          kind: 'valid',
          request: { userId: 'u', money: { amountMinor, currency, decimals }, reference: null, metadata: {} },
        });
        const exact = { userId: 'u', amount: formatMoney({ amountMinor, currency, decimals }), currency };
        expect(requestFingerprint({ userId: 'u', amount, currency })).toBe(requestFingerprint(exact));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test('of an amount next to another one is never that of the other', () => {
    const before = { ...request, amount: 8_999_999_999_999.992 };
    expect(requestFingerprint(before)).toBe('["u1",8999999999999.99,"EUR"]');
    expect(requestFingerprint({ ...request, amount: 9_000_000_000_000 })).toBe('["u1",9000000000000,"EUR"]');
  });

  test('exists for every valid request', () => {
    const anything = fc.record({
      userId: fc.oneof(fc.string(), fc.anything()),
      amount: fc.oneof(fc.double(), fc.string(), fc.integer(), fc.anything(), fc.double().map(String)),
      currency: fc.oneof(
        codes.map(({ currency }) => currency),
        fc.string(),
        fc.constant(undefined),
        fc.anything(),
      ),
    });
    fc.assert(
      fc.property(anything, (fields) => {
        if (parseCreateRequest(fields).kind === 'valid') expect(requestFingerprint(fields)).not.toBeNull();
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});
