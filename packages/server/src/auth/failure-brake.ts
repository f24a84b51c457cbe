import { isIPv6 } from 'node:net';
import { setTimeout as sleepMs } from 'node:timers/promises';

/** Failures of an address that are answered at once. */
const FREE_FAILURES = 5;
/** Delay of the first answer that is slowed down. It doubles with each failure. */
const DELAY_MIN_MS = 50;
const DELAY_MAX_MS = 1_000;
/** After so long without a failure an address begins anew. */
const FORGET_MS = 60_000;
/** Largest number of addresses that are remembered; the one that failed longest ago is forgotten. */
const ADDRESSES_MAX = 10_000;
/** Largest number of answers that wait at a time; further ones are not slowed down. */
const WAITING_MAX = 500;

/** What the brake uses of the machine. */
export interface BrakeDeps {
  /** Milliseconds that only move forward. */
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

interface Failures {
  count: number;
  atMs: number;
}

const MACHINE: BrakeDeps = { monotonicMs: () => performance.now(), sleep: (ms) => sleepMs(ms) };

/**
 * Slows down the answers to wrong credentials of an address. It is called after a request has failed, so that a valid
 * credential from the same address is never slowed down.
 */
export function createFailureBrake({ monotonicMs, sleep }: BrakeDeps = MACHINE): (address: string) => Promise<void> {
  const addresses = new Map<string, Failures>();
  let waiting = 0;

  function countOf(name: string): number {
    const now = monotonicMs();
    const last = addresses.get(name);
    const count = last === undefined || now - last.atMs >= FORGET_MS ? 1 : last.count + 1;
    // Taken out and put back, so that the first in the map failed longest ago.
    addresses.delete(name);
    addresses.set(name, { count, atMs: now });
    if (addresses.size > ADDRESSES_MAX) {
      const [oldest] = addresses.keys();
      if (oldest !== undefined) addresses.delete(oldest);
    }
    return count;
  }

  return async (address) => {
    const slowed = countOf(networkOf(address)) - FREE_FAILURES;
    if (slowed <= 0 || waiting >= WAITING_MAX) return;
    waiting += 1;
    try {
      await sleep(Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** Math.min(slowed - 1, 10)));
    } finally {
      waiting -= 1;
    }
  };
}

/** A host of IPv6 has all addresses of its /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:/i.test(address)) return address;
  const [head = ''] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  return [...groups, '0', '0', '0', '0'].slice(0, 4).join(':');
}
