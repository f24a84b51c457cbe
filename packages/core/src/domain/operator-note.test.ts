import { expect, test } from 'vitest';
import { parseOperatorNote } from './operator-note.ts';

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  ['  Ada\n', 'Ada'],
  ['🎫'.repeat(500), '🎫'.repeat(500)],
  ['', null],
  [' \t', null],
  ['x'.repeat(501), null],
  ['\ud800', null],
])('%j is read as %j', (text, note) => {
  expect(parseOperatorNote(text)).toBe(note);
});
