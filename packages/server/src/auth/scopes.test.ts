import { expect, test } from 'vitest';
import { parseScopes, permits, SCOPE_NAMES } from './scopes.ts';

test('scopes are parsed from a list with commas, in one order and each once', () => {
  expect(parseScopes('reservations:read, reservations:write,reservations:read')).toEqual({
    ok: true,
    scopes: ['reservations:write', 'reservations:read'],
  });
});

test.each([
  ['', ['']],
  ['reservations:write,', ['']],
  ['reservations:*', ['reservations:*']],
  ['RESERVATIONS:WRITE,ops:read', ['RESERVATIONS:WRITE']],
  ['constructor', ['constructor']],
  ['reservations:write reservations:read', ['reservations:write reservations:read']],
])('the scopes %j are refused, naming what is unknown', (text, unknown) => {
  expect(parseScopes(text)).toEqual({ ok: false, unknown });
});

test('a scope permits what it names; reading everything includes reading what is its own', () => {
  for (const held of SCOPE_NAMES) {
    const permitted = SCOPE_NAMES.filter((needed) => permits([held], needed));
    expect(permitted).toEqual(held === 'reservations:read:all' ? ['reservations:read', held] : [held]);
  }
  expect(SCOPE_NAMES.filter((needed) => permits([], needed))).toEqual([]);
});
