import { ReservationError } from '@reservations/core';

/**
 * Origins whose pages may read the answers: every origin ("*"), none but the server's own ("none"), or those
 * in a list, each as a browser sends it: `https://shop.example`.
 */
export type CorsOrigins = '*' | 'none' | readonly string[];

/** What a setting of {@link CorsOrigins} should be, in words. */
export const CORS_ORIGINS_EXPECTED = '*, none, or origins between commas, each SCHEME://HOST or SCHEME://HOST:PORT';

/** Reads "*", "none" or a list of origins between commas; undefined when an origin is malformed. */
export function parseCorsOrigins(text: string): CorsOrigins | undefined {
  if (text === '*' || text === 'none') return text;
  const origins = text.split(',').map((part) => parseOrigin(part.trim()));
  return origins.every((origin) => origin !== null) ? origins : undefined;
}

/**
 * Returns the origins in the form in which browsers send them.
 * @throws {ReservationError} INVALID_OPTION for an origin that no browser sends.
 */
export function checkCorsOrigins(origins: CorsOrigins): CorsOrigins {
  const checked = parseCorsOrigins(typeof origins === 'string' ? origins : origins.join());
  if (checked !== undefined) return checked;
  const found = JSON.stringify(origins);
  throw new ReservationError('INVALID_OPTION', `corsOrigins: expected ${CORS_ORIGINS_EXPECTED}, found ${found}`);
}

/** Scheme, host and port, and nothing else: no user, no path, no wildcard. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/\\?#@*,]+$/i;

function parseOrigin(text: string): string | null {
  if (!ORIGIN.test(text) || !URL.canParse(text)) return null;
  const { origin, protocol, host } = new URL(text);
  // The URL standard gives an origin to the schemes of the web only; apps and extensions send scheme and host.
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
