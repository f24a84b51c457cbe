import { expect, test } from 'vitest';
import { readBearer } from './bearer.ts';

function read(...values: readonly string[]): unknown {
  const rawHeaders = values.flatMap((value) => ['AuthorizatioN', value]);
  const [authorization] = values;
  return readBearer({ headers: authorization === undefined ? {} : { authorization }, rawHeaders });
}

test.each(['Bearer abc', 'bearer abc', 'BEARER   abc'])('%j has a token', (header) => {
  expect(read(header)).toEqual({ kind: 'token', token: 'abc' });
  expect(readBearer({ headers: { authorization: header } })).toEqual({ kind: 'token', token: 'abc' });
});

test('a request without the header has no token', () => {
  expect(read()).toEqual({ kind: 'token', token: null });
});

test.each([
  [['']],
  [['Bearer']],
  [['Bearer ']],
  [['Basic dXNlcjpwYXNz']],
  [['abc']],
  [['Bearer a b']],
  [['Bearer a, Bearer b']],
  [['Bearer\ta']],
  [['Bearer a\u0000']],
  [['Bearer ä']],
  [[`Bearer ${'a'.repeat(8_193)}`]],
  [['Bearer abc', 'Bearer abc']],
  [['Bearer abc', '']],
])('%j is malformed', (headers) => {
  expect(read(...headers)).toEqual({ kind: 'malformed' });
});
