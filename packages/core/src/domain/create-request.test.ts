import { describe, expect, test } from 'vitest';
import { parseCreateRequest, USER_ID_LENGTH_MAX } from './create-request.ts';

const NEITHER = { reference: null, metadata: {} };
const valid = { userId: 'u1', amount: '10.50', currency: 'EUR' };

describe('a create request', () => {
  test('is read as money in minor units', () => {
    expect(parseCreateRequest(valid)).toEqual({
      kind: 'valid',
      request: { userId: 'u1', money: { amountMinor: 1_050, currency: 'EUR', decimals: 2 }, ...NEITHER },
    });
  });

  test('without a currency is in euros, and the case of a currency does not matter', () => {
    const inEuros = parseCreateRequest(valid);
    expect(parseCreateRequest({ userId: 'u1', amount: 10.5 })).toEqual(inEuros);
    expect(parseCreateRequest({ ...valid, currency: 'eur' })).toEqual(inEuros);
  });

  test.each([
    ['userId', undefined, 'missing'],
    ['userId', 7, 'not-a-string'],
    ['userId', null, 'not-a-string'],
    ['userId', '', 'empty'],
    ['userId', 'x'.repeat(USER_ID_LENGTH_MAX + 1), 'too-long'],
    ['userId', '🎫'.repeat(USER_ID_LENGTH_MAX + 1), 'too-long'],
    ['userId', 'a\u0000b', 'not-text'],
    ['userId', 'a\ud800b', 'not-text'],
    ['amount', undefined, 'missing'],
    ['amount', null, 'not-a-number-type'],
    ['amount', true, 'not-a-number-type'],
    ['amount', {}, 'not-a-number-type'],
    ['amount', 'abc', 'not-a-number'],
    ['amount', Number.NaN, 'not-finite'],
    ['amount', 0, 'not-positive'],
    ['amount', 10.005, 'too-many-decimals'],
    ['amount', 1e21, 'too-large'],
    ['currency', 7, 'not-a-string'],
    ['currency', 'XYZ', 'unknown-currency'],
    ['currency', 'XAU', 'unknown-currency'],
    ['currency', 'BGN', 'unknown-currency'],
    ['currency', 'U\u017fD', 'unknown-currency'],
  ] as const)('with %s = %j is refused: %s', (field, value, code) => {
    expect(parseCreateRequest({ ...valid, [field]: value })).toEqual({ kind: 'invalid', faults: [{ field, code }] });
  });

  test('reports every fault at once, in the order of the fields', () => {
    expect(parseCreateRequest({ amount: -1, currency: 'XYZ' })).toEqual({
      kind: 'invalid',
      faults: [
        { field: 'userId', code: 'missing' },
        { field: 'amount', code: 'not-positive' },
        { field: 'currency', code: 'unknown-currency' },
      ],
    });
  });

  test.each(['x', 'ä', '🎫'])('has a user id of 256 characters, such as %j', (character) => {
    const userId = character.repeat(USER_ID_LENGTH_MAX);
    expect(parseCreateRequest({ ...valid, userId })).toMatchObject({ kind: 'valid', request: { userId } });
  });

  test('has an amount that is exact as a text, and free of the error of a sum as a number', () => {
    expect(parseCreateRequest({ ...valid, amount: 0.1 + 0.2 })).toMatchObject({
      request: { money: { amountMinor: 30 } },
    });
    expect(parseCreateRequest({ ...valid, amount: String(0.1 + 0.2) })).toEqual({
      kind: 'invalid',
      faults: [{ field: 'amount', code: 'too-many-decimals' }],
    });
  });

  test.each([
    ['HUF', '10.50', 1_050, 2],
    ['isk', '11', 11, 0],
    ['CLF', '1.2345', 12_345, 4],
    ['VED', '10.50', 1_050, 2],
    ['USN', '10.50', 1_050, 2],
  ])('in %s has the decimals of ISO 4217', (currency, amount, amountMinor, decimals) => {
    expect(parseCreateRequest({ ...valid, currency, amount })).toEqual({
      kind: 'valid',
      request: { userId: 'u1', money: { amountMinor, currency: currency.toUpperCase(), decimals }, ...NEITHER },
    });
  });

  test('in yen has no decimals', () => {
    expect(parseCreateRequest({ ...valid, amount: '1.5', currency: 'JPY' })).toEqual({
      kind: 'invalid',
      faults: [{ field: 'amount', code: 'too-many-decimals' }],
    });
  });
});
