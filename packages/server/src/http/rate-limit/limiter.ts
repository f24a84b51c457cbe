import type { Quota } from '../../config/rate-limit.ts';

/** Keys that are remembered at a time: addresses take about 12 MB. */
const KEYS_MAX = 65_536;

/** Remembered keys that a new key looks at, to forget them: more than one, so that the table shrinks. */
const LOOKS_PER_NEW_KEY = 8;

/** What a limiter says of a request. */
export interface Verdict {
  readonly isAdmitted: boolean;
  /** Requests that are left now. */
  readonly remaining: number;
  /** Time until there is one more, rounded up: 1 or more. */
  readonly nextSeconds: number;
  /** True when the key had no place, and so was counted together with all others that have none. */
  readonly isShared: boolean;
}

/** Counts a request of a key. The time is that of a clock that never goes back, in milliseconds. */
export type Limiter = (key: string, nowMs: number) => Verdict;

/** Use of one key: how much of its quota was used at a time. It falls evenly with the time, down to zero. */
interface Use {
  units: number;
  atMs: number;
}

/**
 * Limits the requests of each key by the generic cell rate algorithm: a key has its whole quota at first, each request
 * takes one, and requests come back evenly over the window, not all at its end. A refused request takes nothing.
 *
 * Only keys whose quota is whole again are forgotten, which changes no verdict. When `keysMax` keys are remembered and none
 * of those looked at is whole, a new key is counted together with the others that found no place: neither is the memory
 * exceeded, nor is a request uncounted, nor does a key that has a place notice.
 */
export function createLimiter({ requests, windowSeconds }: Quota, keysMax: number = KEYS_MAX): Limiter {
  // Whole numbers, so that nothing is lost by rounding: a request is the window's milliseconds, and each of these gives
  // back as many units as there are requests in it.
  const requestUnits = windowSeconds * 1_000;
  const quotaUnits = requests * requestUnits;
  const uses = new Map<string, Use>();
  const shared: Use = { units: 0, atMs: 0 };
  let looked = uses.entries();

  function unitsAt(use: Use, nowMs: number): number {
    return Math.max(0, use.units - Math.max(0, nowMs - use.atMs) * requests);
  }

  function useOf(key: string, nowMs: number): Use {
    const known = uses.get(key);
    if (known !== undefined) return known;
    forgetWhole(nowMs);
    if (uses.size >= keysMax) return shared;
    const use: Use = { units: 0, atMs: nowMs };
    uses.set(key, use);
    return use;
  }

  /** Goes on where the last look ended, so that every key is looked at in turn. */
  function forgetWhole(nowMs: number): void {
    for (let look = 0; look < LOOKS_PER_NEW_KEY; look += 1) {
      const next = looked.next();
      if (next.done === true) {
        looked = uses.entries();
        return;
      }
      const [key, use] = next.value;
      if (unitsAt(use, nowMs) === 0) uses.delete(key);
    }
  }

  return (key, time) => {
    const nowMs = Math.floor(time);
    const use = useOf(key, nowMs);
    const used = unitsAt(use, nowMs);
    const isAdmitted = used + requestUnits <= quotaUnits;
    const units = isAdmitted ? used + requestUnits : used;
    if (isAdmitted) Object.assign(use, { units, atMs: nowMs });
    const remaining = Math.floor((quotaUnits - units) / requestUnits);
    const nextMs = (units - (quotaUnits - (remaining + 1) * requestUnits)) / requests;
    return { isAdmitted, remaining, nextSeconds: Math.ceil(nextMs / 1_000), isShared: use === shared };
  };
}
