import { expect, test } from 'vitest';
import { firstCharacters, isLongerThan, lengthInCharacters } from './text-length.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['äöü', 3],
  ['🎫🎫', 2],
  ['e\u0301', 2],
  ['\ud83c', 1],
])('the text %j has %i characters', (text, length) => {
  expect(lengthInCharacters(text)).toBe(length);
  expect(isLongerThan(text, length)).toBe(false);
  expect(isLongerThan(`${text}x`, length)).toBe(true);
  expect(isLongerThan(`${text}🎫`, length)).toBe(true);
  expect(firstCharacters(`${text}🎫🎫`, length + 1)).toBe(`${text}🎫`);
  expect(firstCharacters(text, length + 1)).toBe(text);
});
