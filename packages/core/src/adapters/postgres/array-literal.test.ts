import { queryOnce } from '@reservations/test-postgres';
import { expect, inject, test } from 'vitest';
import { toArrayOfRows } from './array-literal.ts';

const TEXTS = [
  '',
  'plain',
  'null',
  'NULL',
  ' { } , ; ',
  '"quoted" and \\back\\\\slashed\\',
  '{"json":"\\"nested\\" \\\\ \\n \\u0000 \\ud83c"}',
  'lines\nand\ttabs\r\b\f\u001f\u007f\u0085\u2028',
  'escapes \\n " \n of both kinds',
  'Grüße 🎫 "🎫" \\🎫',
];

test('an array of rows is read by the server as it was written, null and numbers included', async () => {
  const rows = TEXTS.map((text, index) => [text, index, null, -1.5e15, text.toUpperCase()]);
  const [row] = await queryOnce<{ readonly found: unknown }>(inject('postgresUrl'), 'select $1::text[] as found', [
    toArrayOfRows(rows),
  ]);
  expect(row?.found).toEqual(rows.map((each) => each.map((value) => (value === null ? null : String(value)))));
});

test('no rows are an empty array', () => {
  expect(toArrayOfRows([])).toBe('{}');
});
