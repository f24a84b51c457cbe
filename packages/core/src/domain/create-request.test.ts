import { describe, expect, test } from 'vitest';
import { parseCreateRequest, USER_ID_LENGTH_MAX } from './create-request.ts';

const valid = { userId: 'u1', amount: '10.50', currency: 'EUR' };

describe('a create request', () => {
  test('is read as money in minor units', () => {
    expect(parseCreateRequest(valid)).toEqual({
      kind: 'valid',
      request: { userId: 'u1', money: { amountMinor: 1_050, currency: 'EUR', decimals: 2 } },
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

  test('in yen has no decimals', () => {
    expect(parseCreateRequest({ ...valid, amount: '1.5', currency: 'JPY' })).toEqual({
      kind: 'invalid',
      faults: [{ field: 'amount', code: 'too-many-decimals' }],
    });
  });
});
