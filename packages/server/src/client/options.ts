import { type Connection, connectionTo } from './connection.ts';

/** What a client is made of. */
export interface ClientOptions {
  /** Where the service is, with the path where it is mounted. In a browser also a path of the page's own origin. */
  readonly baseUrl: string | URL;
  /** API key or token, sent as `Authorization: Bearer`. A function is called for each request. */
  readonly token?: string | (() => string | Promise<string>);
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Time for one answer, in milliseconds. Default: 40,000. A shorter one ends requests that are still being charged. */
  readonly timeoutMs?: number;
  /** Requests that one call sends at most. Default: 10. */
  readonly attempts?: number;
  /** Time for all requests of one call and the pauses between them, in milliseconds. Default: 120,000. */
  readonly totalMs?: number;
}

/** Checked options. */
export interface Settings {
  readonly connection: Connection;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly totalMs: number;
}

/** The bound that docs/http-api.md names for clients. */
const TIMEOUT_MS = 40_000;

/** Enough for a request that the service is still charging, which takes up to 27 s. */
const ATTEMPTS = 10;

const TOTAL_MS = 120_000;

/** Longest time that a timer of JavaScript can wait. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Checks options. @throws {TypeError} for a value that no client can be made of. */
export function readOptions(options: ClientOptions): Settings {
  const { baseUrl, token, fetch, timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS, totalMs = TOTAL_MS } = options;
  return {
    connection: connectionTo(baseUrl, token, fetch),
    timeoutMs: whole('timeoutMs', timeoutMs, TIMER_MAX_MS),
    attempts: whole('attempts', attempts, Number.MAX_SAFE_INTEGER),
    totalMs: whole('totalMs', totalMs, TIMER_MAX_MS),
  };
}

/** @throws {TypeError} for anything but a whole number from 1. */
export function whole(name: string, value: number, max: number = TIMER_MAX_MS): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new TypeError(`${name}: expected a whole number from 1 to ${max}, found ${String(value)}`);
}
