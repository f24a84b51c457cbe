import { describe, expect, test } from 'vitest';
import { createLimiter, type Limiter, type Verdict } from './limiter.ts';

const PER_MINUTE = { requests: 4, windowSeconds: 60 };

/** Asks so many times at once; returns the last verdict. */
function ask(limit: Limiter, key: string, nowMs: number, times = 1): Verdict {
  for (let count = 1; count < times; count += 1) limit(key, nowMs);
  return limit(key, nowMs);
}

const admitted = (remaining: number, nextSeconds: number): Verdict => ({
  isAdmitted: true,
  remaining,
  nextSeconds,
  isShared: false,
});
const refused = (nextSeconds: number): Verdict => ({ ...admitted(0, nextSeconds), isAdmitted: false });

describe('four requests a minute, one of which comes back every 15 s', () => {
  test.each<[string, readonly [atMs: number, verdict: Verdict][]]>([
    ['a first request', [[0, admitted(3, 15)]]],
    [
      'the whole quota at once, and one more',
      [
        [0, admitted(3, 15)],
        [0, admitted(2, 15)],
        [0, admitted(1, 15)],
        [0, admitted(0, 15)],
        [0, refused(15)],
      ],
    ],
    [
      'refusals take nothing, and say how long to wait, rounded up',
      [
        ...[3, 2, 1, 0].map((left): [number, Verdict] => [0, admitted(left, 15)]),
        [1, refused(15)],
        [1_000, refused(14)],
        [14_001, refused(1)],
        [14_999, refused(1)],
        [15_000, admitted(0, 15)],
        [15_000, refused(15)],
      ],
    ],
    [
      'requests come back one by one',
      [
        ...[3, 2, 1, 0].map((left): [number, Verdict] => [0, admitted(left, 15)]),
        [40_000, admitted(1, 5)],
        [40_000, admitted(0, 5)],
        [40_000, refused(5)],
      ],
    ],
    [
      'no more than the whole quota comes back',
      [
        [0, admitted(3, 15)],
        [9_000_000, admitted(3, 15)],
      ],
    ],
    [
      'a request every 15 s is admitted for ever',
      [0, 15_000, 30_000, 45_000, 60_000, 75_000].map((atMs): [number, Verdict] => [atMs, admitted(3, 15)]),
    ],
    [
      'a clock that went back gives nothing back',
      [
        [60_000, admitted(3, 15)],
        [0, admitted(2, 15)],
      ],
    ],
  ])('%s', (_, steps) => {
    const limit = createLimiter(PER_MINUTE);
    expect(steps.map(([atMs]) => limit('a', atMs))).toEqual(steps.map(([, verdict]) => verdict));
  });

  test('keys are counted apart', () => {
    const limit = createLimiter(PER_MINUTE);
    expect(ask(limit, 'a', 0, 5).isAdmitted).toBe(false);
    expect(ask(limit, 'b', 0)).toEqual(admitted(3, 15));
  });
});

test.each([
  [1, 3_600],
  [7, 60],
  [97, 60],
  [999_983, 3_600],
  [1_000_000, 1],
])(
  'of %i requests in %i s exactly these are admitted at once, and no time is lost by rounding',
  (requests, windowSeconds) => {
    const limit = createLimiter({ requests, windowSeconds });
    const startMs = 123_456_789.75;
    expect(ask(limit, 'a', startMs, requests)).toMatchObject({ isAdmitted: true, remaining: 0 });
    expect(limit('a', startMs).isAdmitted).toBe(false);
    const { nextSeconds } = limit('a', startMs);
    expect(limit('a', startMs + nextSeconds * 1_000)).toMatchObject({ isAdmitted: true });
  },
);

describe('as many keys as may be remembered', () => {
  const limited = (keysMax: number): Limiter => {
    const limit = createLimiter(PER_MINUTE, keysMax);
    expect(ask(limit, 'limited', 0, 5).isAdmitted).toBe(false);
    return limit;
  };

  test('a limited key stays limited, however many others come', () => {
    const limit = limited(10);
    for (let other = 0; other < 1_000; other += 1) limit(`other ${other}`, 14_000);
    expect(limit('limited', 14_000)).toEqual(refused(1));
  });

  test('keys that find no place share one quota, and are told so', () => {
    const limit = limited(3);
    for (const key of ['a', 'b']) expect(ask(limit, key, 0)).toEqual(admitted(3, 15));
    const verdicts = ['c', 'd', 'e', 'f', 'g', 'h'].map((key) => limit(key, 0));
    expect(verdicts.map(({ isAdmitted }) => isAdmitted)).toEqual([true, true, true, true, false, false]);
    expect(verdicts.every(({ isShared }) => isShared)).toBe(true);
    expect(limit('a', 0)).toEqual(admitted(2, 15));
  });

  test('a key whose quota is whole again makes place', () => {
    const limit = limited(3);
    for (const key of ['a', 'b']) limit(key, 0);
    expect(limit('new', 14_999).isShared).toBe(true);
    expect(limit('new', 15_000)).toEqual(admitted(3, 15));
    expect(limit('limited', 14_000)).toEqual(refused(1));
  });

  test('every key is looked at in turn, so that many that are limited do not hide one that is whole', () => {
    const limit = createLimiter({ requests: 4, windowSeconds: 3_600 }, 100);
    for (let key = 0; key < 99; key += 1) ask(limit, `limited ${key}`, 0, 4);
    limit('whole soon', 0);
    const attempts = Array.from({ length: 20 }, (_, index) => limit(`new ${index}`, 900_000).isShared);
    expect(attempts).toContain(false);
  });
});
