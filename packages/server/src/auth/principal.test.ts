import { ANONYMOUS_CALLER, parseCaller } from '@reservations/core';
import { expect, test } from 'vitest';
import { ANONYMOUS, callerOf, type Principal, visibilityOf } from './principal.ts';

const scopes = ['reservations:write', 'reservations:read', 'ops:read', 'ops:write'] as const;

test('a request without an identity calls as core does without a caller', () => {
  expect(callerOf(ANONYMOUS)).toBe(ANONYMOUS_CALLER);
  expect(parseCaller(callerOf(ANONYMOUS))).toBe(ANONYMOUS_CALLER);
});

test('principals of different kinds are different callers, whatever their names', () => {
  const names = ['anonymous', 'shop', 'jwt:shop', 'api-key:shop'];
  const principals: Principal[] = [
    ANONYMOUS,
    ...names.map((name): Principal => ({ kind: 'api-key', name, scopes })),
    ...names.map((subject): Principal => ({ kind: 'jwt', subject, scopes })),
  ];
  const callers = principals.map(callerOf);
  expect(new Set(callers).size).toBe(principals.length);
  expect(callers).toContain('api-key:shop');
  expect(callers).toContain('jwt:shop');
});

test('a principal sees what it made; only its own scope shows it everything', () => {
  expect(visibilityOf(ANONYMOUS)).toBe('all');
  expect(visibilityOf({ kind: 'api-key', name: 'shop', scopes })).toBe('own');
  expect(visibilityOf({ kind: 'jwt', subject: 'shop', scopes })).toBe('own');
  expect(visibilityOf({ kind: 'jwt', subject: 'shop', scopes: [] })).toBe('own');
  expect(visibilityOf({ kind: 'api-key', name: 'shop', scopes: ['reservations:read:all'] })).toBe('all');
});
