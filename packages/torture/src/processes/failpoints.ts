import type { SeededRandom } from '../support/seeded-random.ts';

/** The places at which a server can be told to kill itself. */
export const FAILPOINTS = [
  'before-create-commit',
  'after-create-commit',
  'before-send',
  'while-sending',
  'after-reply',
  'before-verdict-commit',
  'after-verdict-commit',
  'before-answer',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** How often a failpoint may be passed before it kills; in the first round less, so that each is met soon. */
const SKIP_MAX = 150;
const SKIP_FIRST_MAX = 50;

/** Once each failpoint was hit, this part of the servers lives without one. */
const SPARED_PROBABILITY = 0.4;

/** Deals out failpoints in rounds, each round in an request of its own. */
export interface FailpointDealer {
  /** The next failpoint in the form of the environment variable, or null while none is to be used. */
  deal(): { readonly name: Failpoint; readonly setting: string } | null;
  hit(name: Failpoint): void;
  /** From now on none is dealt. */
  stop(): void;
  readonly hits: ReadonlyMap<Failpoint, number>;
  /** True once each was hit. */
  complete(): boolean;
}

/** Deals these. What was not hit in a round is dealt again before the next round begins. */
export function createFailpointDealer(random: SeededRandom, failpoints: readonly Failpoint[]): FailpointDealer {
  const hits = new Map<Failpoint, number>();
  let round: Failpoint[] = [];
  let stopped = false;
  const complete = (): boolean => failpoints.every((name) => hits.has(name));
  return {
    hits,
    deal() {
      if (stopped || (complete() && random.chance(SPARED_PROBABILITY))) return null;
      if (round.length === 0) round = random.shuffle(failpoints);
      const name = round.shift();
      if (name === undefined) return null;
      round.push(name);
      return { name, setting: `${name}:${random.integer(0, complete() ? SKIP_MAX : SKIP_FIRST_MAX)}` };
    },
    hit(name) {
      hits.set(name, (hits.get(name) ?? 0) + 1);
      round = round.filter((other) => other !== name);
    },
    stop: () => (stopped = true),
    complete,
  };
}
