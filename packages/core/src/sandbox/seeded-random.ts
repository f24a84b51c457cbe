/** A sequence of random numbers that depends on its seed alone. */
export interface SeededRandom {
  /** A number from 0 up to but not including 1. */
  next(): number;
  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with this probability. A probability of 0 or 1 draws no number. */
  chance(probability: number): boolean;
  /** One of the items. @throws {Error} for an empty list. */
  pick<Item>(items: readonly Item[]): Item;
  /** One of the items, with a probability proportional to its weight. @throws {Error} for an empty list. */
  pickWeighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item;
  /** A copy of the items in random order. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** An independent sequence that depends on the seed and the name, not on what was drawn before. */
  fork(name: string): SeededRandom;
}

/**
 * Builds the sequence of a seed, of which the low 32 bits count (mulberry32). Runs are reproduced from their seeds: the
 * numbers of a seed never change.
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const again = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
  }

  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  return {
    next,
    integer,
    chance: (probability) => probability > 0 && (probability >= 1 || next() < probability),
    pick: (items) => itemAt(items, integer(0, items.length - 1)),
    pickWeighted(items) {
      let rest = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      const found = items.find(({ weight }) => (rest -= weight) < 0);
      return found ?? itemAt(items, items.length - 1);
    },
    shuffle(items) {
      const left = [...items];
      return items.map(() => itemAt(left.splice(integer(0, left.length - 1), 1), 0));
    },
    fork: (name) => seededRandom(hash(seed, name)),
  };
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  if (index < 0 || index >= items.length) throw new Error('cannot draw from an empty list');
  return items[index] as Item;
}

/** FNV-1a of the text, starting from the seed. */
function hash(seed: number, text: string): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
