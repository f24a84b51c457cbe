import { ANONYMOUS_CALLER, parseCaller } from '@reservations/core';
import { expect, test } from 'vitest';
import { ANONYMOUS, callerOf } from './principal.ts';

test('a request without an identity calls as core does without a caller', () => {
  expect(callerOf(ANONYMOUS)).toBe(ANONYMOUS_CALLER);
  expect(parseCaller(callerOf(ANONYMOUS))).toBe(ANONYMOUS_CALLER);
});
