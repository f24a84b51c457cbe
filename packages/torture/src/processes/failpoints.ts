import type { SeededRandom } from '@reservations/core/testing';

/** Points at which a server can be made to kill itself. */
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

/** Highest number of passes before a failpoint kills. Lower in the first round, so that each is hit soon. */
const SKIP_MAX = 150;
const SKIP_FIRST_MAX = 50;

/** Share of the servers without a failpoint once each failpoint was hit. */
const NONE_PROBABILITY = 0.4;

/** Deals failpoints in rounds, each in a random order. */
export interface FailpointDealer {
  /** The next failpoint with the value of its environment variable; null for a server without one. */
  deal(): { readonly name: Failpoint; readonly setting: string } | null;
  hit(name: Failpoint): void;
  /** Deals no more failpoints. */
  stop(): void;
  readonly hits: ReadonlyMap<Failpoint, number>;
  /** True once each was hit. */
  complete(): boolean;
}

/** Deals these. Failpoints that were not hit in a round are dealt again before the next round. */
export function createFailpointDealer(random: SeededRandom, failpoints: readonly Failpoint[]): FailpointDealer {
  const hits = new Map<Failpoint, number>();
  let round: Failpoint[] = [];
  let stopped = false;
  const complete = (): boolean => failpoints.every((name) => hits.has(name));
  return {
    hits,
    deal() {
      if (stopped || (complete() && random.chance(NONE_PROBABILITY))) return null;
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
