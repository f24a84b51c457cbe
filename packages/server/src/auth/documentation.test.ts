import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OPERATION_NAMES, OPERATIONS } from '../http/wire/operations.ts';
import { type Scope, SCOPE_NAMES, SCOPES } from './scopes.ts';

const page = readFileSync(new URL('../../../../docs/authentication.md', import.meta.url), 'utf8');

test('docs/authentication.md has the scopes as the code has them', () => {
  const rows = [...page.matchAll(/^\| `([a-z]+:[a-z:]+)` +\| (.*?) *\|$/gm)].map(([, scope, permits]) => [
    scope,
    permits,
  ]);
  expect(rows).toEqual(Object.entries(SCOPES));
});

test('a scope that no operation needs is said to permit nothing, and no other', () => {
  const needed = new Set<Scope | null>(OPERATION_NAMES.map((name) => OPERATIONS[name].scope));
  // It shows more in the operations of the scope that it includes.
  needed.add('reservations:read:all');
  const idle = SCOPE_NAMES.filter((scope) => !needed.has(scope));
  expect(SCOPE_NAMES.filter((scope) => SCOPES[scope].startsWith('nothing in this release'))).toEqual(idle);
});
