import { ReservationError } from '@reservations/core';

/** A path of characters that need no escape in a URL, without a slash at its end. */
export const PLAIN_PATH: RegExp = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/** First segments of the service's own paths: below them it could not be told whether a base path was cut off already. */
const OWN_SEGMENTS = /^\/(?:reservations|health|docs|openapi\.json)(?:\/|$)/;

/** What a base path should be, in words. */
export const BASE_PATH_EXPECTED =
  'a path such as /booking, without a slash at its end, and not below /reservations, /health or /docs';

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
