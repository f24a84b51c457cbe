import { ReservationError } from '@reservations/core';
import { checkWholeNumber } from './whole-number.ts';

/** Requests that one client may send within a second, a minute or an hour: `100/min`. */
export type RateLimit = `${number}/${'s' | 'min' | 'h'}`;

/** A rate limit, taken apart. */
export interface Quota {
  readonly requests: number;
  readonly windowSeconds: number;
}

const WINDOW_SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['min', 60],
  ['h', 3_600],
]);

const REQUESTS_MAX = 1_000_000;

/** More proxies in a row than any deployment has. */
export const TRUSTED_PROXIES_MAX = 10;

/** What a setting of {@link RateLimit} should be, in words. */
export const RATE_LIMIT_EXPECTED: string = `N/s, N/min or N/h, with N a whole number from 1 to ${REQUESTS_MAX}`;

/** Reads a rate limit; undefined when it is malformed. */
export function parseRateLimit(text: string): RateLimit | undefined {
  return parseQuota(text) === undefined ? undefined : (text as RateLimit);
}

/**
 * Returns the quota of a rate limit, null for none.
 * @throws {ReservationError} INVALID_OPTION when it is malformed.
 */
export function checkRateLimit(rate: RateLimit | null): Quota | null {
  if (rate === null) return null;
  const quota = parseQuota(rate);
  if (quota !== undefined) return quota;
  throw new ReservationError(
    'INVALID_OPTION',
    `rateLimit: expected ${RATE_LIMIT_EXPECTED}, found ${JSON.stringify(rate)}`,
  );
}

/**
 * Returns the number of proxies in front of the service that are trusted.
 * @throws {ReservationError} INVALID_OPTION when it is none that can be.
 */
export function checkTrustedProxies(proxies: number): number {
  return checkWholeNumber('trustedProxies', proxies, 0, TRUSTED_PROXIES_MAX);
}

function parseQuota(text: unknown): Quota | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,7})\/(s|min|h)$/.exec(String(text)) ?? [];
  const requests = Number(digits);
  const windowSeconds = WINDOW_SECONDS.get(unit);
  if (windowSeconds === undefined || requests < 1 || requests > REQUESTS_MAX) return undefined;
  return { requests, windowSeconds };
}
