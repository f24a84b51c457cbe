import { expect, test } from 'vitest';
import { ANONYMOUS_CALLER, parseCaller } from './caller.ts';

test.each([ANONYMOUS_CALLER, 'user:7', '~', 'x'.repeat(255)])('%j names a caller', (text) => {
  expect(parseCaller(text)).toBe(text);
});

test.each(['', ' ', 'two words', 'Grüße', 'a\n', 'x'.repeat(256)])('%j names none', (text) => {
  expect(parseCaller(text)).toBeNull();
});
