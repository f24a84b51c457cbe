import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const numbers = (seed: number): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, () => random.next());
};

test('the same seed draws the same numbers, another seed others', () => {
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(8)).not.toEqual(numbers(7));
});

test('a fork depends on seed and name, not on what was drawn before', () => {
  const random = seededRandom(7);
  const before = random.fork('load').next();
  random.next();
  expect(random.fork('load').next()).toBe(before);
  expect(random.fork('chaos').next()).not.toBe(before);
});

test('draws stay within their bounds', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)));
  expect(drawn).toEqual(new Set([2, 3, 4]));
  expect(new Set(random.shuffle([1, 2, 3]))).toEqual(new Set([1, 2, 3]));
  const pickWeighted = Array.from({ length: 100 }, () => random.pickWeighted([{ weight: 0 }, { weight: 1 }]));
  expect(pickWeighted.every(({ weight }) => weight === 1)).toBe(true);
});
