import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const numbers = (seed: number): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, () => random.next());
};

test('the same seed draws the same numbers, another seed others', () => {
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(8)).not.toEqual(numbers(7));
  expect(numbers(7 + 2 ** 32)).toEqual(numbers(7));
});

test('the numbers of a seed are those of every release', () => {
  expect(numbers(7)).toEqual([
    0.011704753153026104, 0.06195825757458806, 0.97690763277933, 0.6990287057124078, 0.5214452685322613,
  ]);
  expect(seededRandom(7).fork('load').next()).toBe(0.4968998108524829);
});

test('a fork depends on seed and name, not on what was drawn before', () => {
  const random = seededRandom(7);
  const before = random.fork('load').next();
  random.next();
  expect(random.fork('load').next()).toBe(before);
  expect(random.fork('chaos').next()).not.toBe(before);
  expect(seededRandom(8).fork('load').next()).not.toBe(before);
});

test('draws stay within their bounds', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)));
  expect(drawn).toEqual(new Set([2, 3, 4]));
  expect(random.integer(5, 5)).toBe(5);
  expect(new Set(random.shuffle([1, 2, 3]))).toEqual(new Set([1, 2, 3]));
  const pickWeighted = Array.from({ length: 100 }, () => random.pickWeighted([{ weight: 0 }, { weight: 1 }]));
  expect(pickWeighted.every(({ weight }) => weight === 1)).toBe(true);
  const fractions = Array.from({ length: 1_000 }, () => random.next());
  expect(fractions.every((number) => number >= 0 && number < 1)).toBe(true);
});

test('a probability of 0 or 1 draws no number', () => {
  const random = seededRandom(7);
  expect([random.chance(0), random.chance(1), random.next()]).toEqual([false, true, numbers(7)[0]]);
});

test('an empty list has nothing to pick', () => {
  const random = seededRandom(7);
  expect(() => random.pick([])).toThrow('cannot draw from an empty list');
  expect(() => random.pickWeighted([])).toThrow('cannot draw from an empty list');
  expect(random.shuffle([])).toEqual([]);
});
