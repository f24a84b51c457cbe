import type { AuthMode } from './http-settings.ts';
import { JWT_SETTINGS, type JwtConfig } from './jwt-settings.ts';
import { notGiven, type SettingOrigins } from './settings.ts';

interface Checked extends JwtConfig {
  readonly auth: AuthMode;
}

/** What says whose tokens are accepted: named for a closed server. */
const SAYS_WHOSE = ['jwtIssuer', 'jwtAudience', 'jwtAlgorithms', 'jwtJwksUrl', 'jwtJwksFile'] as const;

/**
 * Returns the faults of the settings of tokens taken together. Those that say whose tokens are accepted are a fault of an
 * open server as variables too: without `--auth jwt` everyone would be let in.
 */
export function jwtFaults(values: Partial<Checked>, origins: SettingOrigins<Checked>): readonly string[] {
  if (values.auth === 'none') {
    return SAYS_WHOSE.map((name) => origins[name])
      .filter((origin) => origin !== undefined)
      .map((origin) => `${origin}: expected --auth jwt with it, found --auth none: everyone would be let in`);
  }
  if (values.auth !== 'jwt') return [];
  const missing = (['jwtIssuer', 'jwtAudience', 'jwtAlgorithms'] as const)
    .filter((name) => values[name] === null)
    .map((name) => `${notGiven(JWT_SETTINGS[name])}; --auth jwt needs it`);
  return [...missing, ...placeFaults(values, origins)];
}

/** The keys have one place. */
function placeFaults(
  { jwtJwksUrl: url, jwtJwksFile: file }: Partial<Checked>,
  origins: SettingOrigins<Checked>,
): readonly string[] {
  if (url === null && file === null) {
    return ['--jwt-jwks-url: expected the URL of the keys, or --jwt-jwks-file, found neither; --auth jwt needs one'];
  }
  if (typeof url !== 'string' || typeof file !== 'string') return [];
  return [`${origins.jwtJwksFile}: expected either it or ${origins.jwtJwksUrl}, found both`];
}
