import { expect, test } from 'vitest';
import { seededRandom } from '@reservations/core/testing';
import { createFailpointDealer, FAILPOINTS } from './failpoints.ts';

test('every failpoint is dealt in each round, and again until it was hit', () => {
  const dealer = createFailpointDealer(seededRandom(1), FAILPOINTS);
  const dealt = (): string => dealer.deal()?.name ?? 'none';
  const round = FAILPOINTS.map(dealt);
  expect(round.toSorted()).toEqual(FAILPOINTS.toSorted());
  expect(FAILPOINTS.map(dealt)).toEqual(round);

  const [missed, ...others] = FAILPOINTS;
  for (const name of others) dealer.hit(name);
  expect([dealt(), dealt()]).toEqual([missed, missed]);
  expect(dealer.complete()).toBe(false);
  dealer.hit(missed);
  expect(dealer.complete()).toBe(true);
  expect(dealer.hits).toEqual(new Map([...others, missed].map((name) => [name, 1])));
});

test('once stopped, none is dealt', () => {
  const dealer = createFailpointDealer(seededRandom(1), FAILPOINTS);
  dealer.stop();
  expect(dealer.deal()).toBe(null);
});
