import { describe, expect, test } from 'vitest';
import { readIdempotencyKey } from './idempotency-key.ts';

describe('reading an Idempotency-Key', () => {
  test('no header is no key', () => {
    expect(readIdempotencyKey(undefined)).toEqual({ kind: 'none' });
  });

  test.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['a"b', 'a"b'],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('%s names the key %s', (header, key) => {
    expect(readIdempotencyKey(header)).toEqual({ kind: 'key', key });
  });

  test.each([
    '',
    '""',
    '"abc',
    '"',
    'a b',
    '"a b"',
    'a, b',
    '"a", "b"',
    '"a";p=1',
    '"a\\b"',
    'ключ',
    'a\u0000b',
    'k'.repeat(256),
  ])('%j is malformed', (header) => {
    expect(readIdempotencyKey(header)).toEqual({ kind: 'malformed' });
  });
});
