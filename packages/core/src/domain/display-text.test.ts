import { expect, test } from 'vitest';
import { boundedDisplayText, displayLine, displayText, escapeInvisible, excerpt } from './display-text.ts';

test.each([
  ['', ''],
  ['Insufficient funds, größer 🎫\n\t', 'Insufficient funds, größer 🎫\n\t'],
  ['a\u0000b\u0000', 'a\uFFFDb\uFFFD'],
  ['\uD83C and \uDFAB', '\uFFFD and \uFFFD'],
  ['\uDFAB\uD83C', '\uFFFD\uFFFD'],
])('of the text %j every store holds %j', (text, expected) => {
  expect(displayText(text)).toBe(expected);
  expect(displayText(expected)).toBe(expected);
});

test.each([
  ['one\r\ntwo\u0000\u007F\u0085', 'one  two   '],
  ['🎫🎫🎫🎫', '🎫🎫🎫🎫'],
  ['🎫'.repeat(30), '🎫'.repeat(20)],
  [`${'x'.repeat(19)}\uD83C`, `${'x'.repeat(19)}\uFFFD`],
  ['x'.repeat(10_000), 'x'.repeat(20)],
  // A joined emoji and a soft hyphen are text.
  ['👩‍🚒 pay\u00ADment', '👩‍🚒 pay\u00ADment'],
])('the text %j is bounded to %j', (text, expected) => {
  expect(boundedDisplayText(text, 20)).toBe(expected);
});

test.each([
  ['a\r\n\u001B[2Jb\u2028c\u202E', 'a [2Jb c '],
  ['\uD800 b', '\uFFFD b'],
  [`${'x'.repeat(9)}🎫`, `${'x'.repeat(9)}\uFFFD`],
])('the text %j becomes the line %j', (text, expected) => {
  expect(displayLine(text, 10)).toBe(expected);
});

test('an excerpt shows where it was cut', () => {
  expect(excerpt('x'.repeat(10), 10)).toBe('x'.repeat(10));
  expect(excerpt('x'.repeat(11), 10)).toBe(`${'x'.repeat(10)}…`);
  expect(excerpt(`${'x'.repeat(9)}🎫`, 10)).toBe(`${'x'.repeat(9)}\uFFFD…`);
});

test('an invisible character is written as its number', () => {
  expect(escapeInvisible('a\u001B[31m\nb\u202E\u2028ö € \uD800 🎫')).toBe(
    String.raw`a\u{1b}[31m\u{a}b\u{202e}\u{2028}ö € \u{d800} 🎫`,
  );
});
