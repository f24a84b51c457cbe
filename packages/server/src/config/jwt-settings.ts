import {
  explainJwtAlgorithms,
  JWKS_URL_EXPECTED,
  JWT_ALGORITHMS_EXPECTED,
  JWT_TIMES,
  type JwtAlgorithm,
  parseJwksUrl,
  parseJwtAlgorithms,
} from './jwt-options.ts';
import { textSetting, wholeNumberSetting } from './setting-kinds.ts';
import type { Settings } from './settings.ts';

/** How tokens are checked, with `--auth jwt`. */
export interface JwtConfig {
  readonly jwtIssuer: string | null;
  readonly jwtAudience: string | null;
  readonly jwtAlgorithms: readonly JwtAlgorithm[] | null;
  /** Where the issuer publishes its keys; else they are in a file. */
  readonly jwtJwksUrl: string | null;
  readonly jwtJwksFile: string | null;
  readonly jwtJwksCacheMs: number;
  readonly jwtJwksCooldownMs: number;
  readonly jwtJwksTimeoutMs: number;
  readonly jwtClockToleranceMs: number;
}

/** The settings of {@link JwtConfig}. */
export const JWT_SETTINGS: Settings<JwtConfig> = {
  jwtIssuer: {
    ...textSetting({
      flag: 'jwt-issuer',
      env: 'RESERVATIONS_JWT_ISSUER',
      value: 'ISSUER',
      default: null,
      description: 'With --auth jwt: the issuer of the tokens, exactly as their iss is',
    }),
    expected: 'the iss of the tokens, such as https://login.example.com/',
  },
  jwtAudience: {
    ...textSetting({
      flag: 'jwt-audience',
      env: 'RESERVATIONS_JWT_AUDIENCE',
      value: 'AUDIENCE',
      default: null,
      description: 'With --auth jwt: what the aud of the tokens has to name: this API',
    }),
    expected: 'what the issuer writes as aud into tokens for this API',
  },
  jwtAlgorithms: {
    flag: 'jwt-algorithms',
    env: 'RESERVATIONS_JWT_ALGORITHMS',
    value: 'NAMES',
    default: null,
    description: 'With --auth jwt: the algorithms by which the issuer signs, between commas, as RS256',
    expected: JWT_ALGORITHMS_EXPECTED,
    parse: parseJwtAlgorithms,
    explain: explainJwtAlgorithms,
  },
  jwtJwksUrl: {
    flag: 'jwt-jwks-url',
    env: 'RESERVATIONS_JWT_JWKS_URL',
    value: 'URL',
    default: null,
    description: 'With --auth jwt: where the issuer publishes its keys, as a JSON Web Key Set',
    expected: JWKS_URL_EXPECTED,
    parse: parseJwksUrl,
  },
  jwtJwksFile: textSetting({
    flag: 'jwt-jwks-file',
    env: 'RESERVATIONS_JWT_JWKS_FILE',
    value: 'FILE',
    default: null,
    description: 'Instead of --jwt-jwks-url: file with the keys, which may be replaced while the server runs',
  }),
  jwtJwksCacheMs: wholeNumberSetting({
    flag: 'jwt-jwks-cache',
    env: 'RESERVATIONS_JWT_JWKS_CACHE',
    ...JWT_TIMES.cacheMs,
    description: 'Time for which the keys are used before they are read again, in milliseconds',
  }),
  jwtJwksCooldownMs: wholeNumberSetting({
    flag: 'jwt-jwks-cooldown',
    env: 'RESERVATIONS_JWT_JWKS_COOLDOWN',
    ...JWT_TIMES.cooldownMs,
    description: 'Shortest time between two reads of the keys for a token whose key is unknown, in milliseconds',
  }),
  jwtJwksTimeoutMs: wholeNumberSetting({
    flag: 'jwt-jwks-timeout',
    env: 'RESERVATIONS_JWT_JWKS_TIMEOUT',
    ...JWT_TIMES.timeoutMs,
    description: 'Time for the answer of --jwt-jwks-url, in milliseconds',
  }),
  jwtClockToleranceMs: wholeNumberSetting({
    flag: 'jwt-clock-tolerance',
    env: 'RESERVATIONS_JWT_CLOCK_TOLERANCE',
    ...JWT_TIMES.clockToleranceMs,
    description: "By how much the issuer's clock may differ from this one, in milliseconds",
  }),
};
