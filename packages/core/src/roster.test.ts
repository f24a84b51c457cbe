import { expect, test } from 'vitest';
import { createRoster } from './roster.ts';

test('a roster has what was added and not deleted', () => {
  const roster = createRoster<string>();
  for (const item of ['a', 'b', 'c', 'd']) roster.add(item);
  roster.delete('b');
  roster.delete('d');
  roster.delete('x');
  expect([roster.size, [...roster].sort()]).toEqual([2, ['a', 'c']]);
  roster.delete('a');
  roster.delete('c');
  expect([roster.size, [...roster]]).toEqual([0, []]);
});

test('what is deleted while a roster is gone through does not disturb that', () => {
  const roster = createRoster<number>();
  for (const item of [1, 2, 3]) roster.add(item);
  const seen: number[] = [];
  for (const item of roster) {
    seen.push(item);
    roster.delete(item);
  }
  expect([seen, roster.size]).toEqual([[1, 2, 3], 0]);
});
