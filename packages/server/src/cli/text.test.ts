import { escapeInvisible } from '@reservations/core';
import { describe, expect, test } from 'vitest';
import { columns, count, describeDuration } from './text.ts';

test('stored text cannot steer a terminal', () => {
  expect(escapeInvisible('a\u001b[31m\nb\u202e\u2028ö €')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}\\u{2028}ö €');
});

describe('spans of time', () => {
  test.each([
    [-5, '0 ms'],
    [999, '999 ms'],
    [59_999, '59 s'],
    [125_000, '2 min 5 s'],
    [3_660_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });
});

test('columns are as wide as their widest cell, but for the last of a row', () => {
  expect(
    columns([
      ['a', 'long cell', 'x'],
      ['bcd', 'e', 'y'],
    ]),
  ).toEqual(['a    long cell  x', 'bcd  e          y']);
});

test('one is singular', () => {
  expect([count(0, 'event'), count(1, 'event'), count(2, 'charge is', 'charges are')]).toEqual([
    '0 events',
    '1 event',
    '2 charges are',
  ]);
});
