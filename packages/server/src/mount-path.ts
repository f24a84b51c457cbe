import type { IncomingMessage } from 'node:http';
import { ReservationError } from '@reservations/core';

const PLAIN_PATH = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/** First segments of our own paths: below them it could not be told whether a base path was cut off already. */
const OWN_SEGMENTS = /^\/(?:reservations|health)(?:\/|$)/;

/** What a base path should be, in words. */
export const BASE_PATH_EXPECTED =
  'a path such as /booking, without a slash at its end, and not below /reservations or /health';

/** Returns a base path, "" included, or undefined when it is none. */
export function parseBasePath(text: string): string | undefined {
  return text === '' || (PLAIN_PATH.test(text) && !OWN_SEGMENTS.test(text)) ? text : undefined;
}

/** Returns the base path. @throws {ReservationError} INVALID_OPTION when it is none. */
export function checkBasePath(basePath: string): string {
  const checked = parseBasePath(basePath);
  if (checked !== undefined) return checked;
  const found = JSON.stringify(basePath);
  throw new ReservationError('INVALID_OPTION', `basePath: expected ${BASE_PATH_EXPECTED}, found ${found}`);
}

/** The path below the base path; a path that does not begin with it was cut by what stands before us. */
export function withoutBasePath(path: string, basePath: string): string {
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

/**
 * The path below which another application mounted this one ("" at the root), as Express tells it. Links are made
 * from it and never from the Host header, which is the client's to choose.
 */
export function mountPath(request: IncomingMessage): string {
  const { baseUrl } = request as IncomingMessage & { readonly baseUrl?: unknown };
  return typeof baseUrl === 'string' && PLAIN_PATH.test(baseUrl) ? baseUrl : '';
}
