import { readJwtKeys } from '../../auth/jwt/jwt-authenticator.ts';
import { type AuthenticationConfig, jwtOptionsOf } from '../authentication.ts';
import { failed, type Finding, messageOf, ok } from './finding.ts';

const CHECK = 'authentication: keys of tokens';

/** Reads the keys by which tokens are checked; null on a server that takes none. */
export async function checkTokens(config: AuthenticationConfig): Promise<Finding | null> {
  if (config.auth !== 'jwt') return null;
  const isFile = config.jwtJwksFile !== null;
  const place = `${config.jwtJwksFile ?? config.jwtJwksUrl}`;
  try {
    const { usable, total } = await readJwtKeys(jwtOptionsOf(config));
    const algorithms = config.jwtAlgorithms?.join(', ') ?? '';
    const found = `${place} has ${total === 1 ? '1 key' : `${total} keys`}, ${usable} of them for ${algorithms}`;
    if (usable > 0) return ok(CHECK, found);
    return failed(CHECK, found, 'name the algorithms of the keys in --jwt-algorithms, or another place of keys');
  } catch (error) {
    const remedy = isFile
      ? 'put the public keys of the issuer there, as a JSON Web Key Set, readable for the server'
      : 'check --jwt-jwks-url, the name server and the firewalls in between, and that the issuer runs';
    return failed(CHECK, messageOf(error), remedy);
  }
}
