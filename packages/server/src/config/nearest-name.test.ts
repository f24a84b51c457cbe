import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const NAMES = ['payments open', 'payments resolve', '--payment-host', '--db', 'view'];

test.each([
  ['payment open', 'payments open'],
  ['payments resolv', 'payments resolve'],
  ['--payments-host', '--payment-host'],
  ['--paymentHost', '--payment-host'],
  ['--payment_host', '--payment-host'],
  ['viwe', null],
  ['veiw', null],
  ['vie', 'view'],
  ['', null],
  ['reconcile', null],
  ['payments', null],
  ['x'.repeat(10_000), null],
])('nearest to %j is %j', (text, name) => {
  expect(nearestName(text, NAMES)).toBe(name);
});

test('a letter that is missing counts as much as one too many; the first of two that are as near is taken', () => {
  expect([nearestName('abcde', ['abcdf', 'abcdg']), nearestName('abcdg', ['abcdf', 'abcdg'])]).toEqual([
    'abcdf',
    'abcdg',
  ]);
});
