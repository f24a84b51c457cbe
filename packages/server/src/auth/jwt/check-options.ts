import { ReservationError } from '@reservations/core';
import {
  explainJwtAlgorithms,
  JWKS_URL_EXPECTED,
  JWT_ALGORITHMS_EXPECTED,
  JWT_TIMES,
  type JwtAlgorithm,
  type JwtTimes,
  parseJwksUrl,
  parseJwtAlgorithms,
} from '../../config/jwt-options.ts';

/** The options of tokens that are checked. */
export interface CheckedJwtOptions extends Partial<JwtTimes> {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly keys: { readonly url: string } | { readonly file: string };
}

/**
 * Returns the times in effect.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function checkJwtOptions(options: CheckedJwtOptions): JwtTimes {
  const { issuer, audience, algorithms, keys } = options;
  for (const [name, text] of Object.entries({ issuer, audience })) {
    if (typeof text !== 'string' || text === '') refuse(name, 'a text that is not empty', text);
  }
  const names = Array.isArray(algorithms) ? algorithms.join() : '';
  const [reason] = explainJwtAlgorithms(names);
  if (reason !== undefined) throw new ReservationError('INVALID_OPTION', `algorithms: ${reason}`);
  if (parseJwtAlgorithms(names) === undefined) refuse('algorithms', JWT_ALGORITHMS_EXPECTED, algorithms);
  const place: { readonly url?: unknown; readonly file?: unknown } = keys ?? {};
  const { url, file } = place;
  if ((url === undefined) === (file === undefined)) refuse('keys', 'either url or file', keys);
  if (url !== undefined && (typeof url !== 'string' || parseJwksUrl(url) === undefined)) {
    refuse('keys.url', JWKS_URL_EXPECTED, url);
  }
  if (file !== undefined && (typeof file !== 'string' || file === '')) refuse('keys.file', 'the path of a file', file);
  return {
    cacheMs: timeOf('cacheMs', options),
    cooldownMs: timeOf('cooldownMs', options),
    timeoutMs: timeOf('timeoutMs', options),
    clockToleranceMs: timeOf('clockToleranceMs', options),
  };
}

function timeOf(name: keyof JwtTimes, options: CheckedJwtOptions): number {
  const { min, max, default: byDefault } = JWT_TIMES[name];
  const value = options[name] ?? byDefault;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse(name, `a whole number from ${min} to ${max}`, value);
}

function refuse(name: string, expected: string, found: unknown): never {
  throw new ReservationError('INVALID_OPTION', `${name}: expected ${expected}, found ${JSON.stringify(found)}`);
}
