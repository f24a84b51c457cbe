import type { ReservationStore } from '@reservations/core';
import type { Logger } from 'pino';
import { apiKeyAuthenticator } from '../auth/api-key-authenticator.ts';
import { createJwtAuthentication, type JwtAuthenticatorOptions } from '../auth/jwt/jwt-authenticator.ts';
import type { AuthMode } from '../config/http-settings.ts';
import type { JwtConfig } from '../config/jwt-settings.ts';
import type { AuthOption } from '../http/auth-option.ts';

/** What decides who may send requests. */
export interface AuthenticationConfig extends JwtConfig {
  readonly auth: AuthMode;
}

/** Who may send requests to a server over a store. */
export type AuthenticationOver = (store: ReservationStore) => AuthOption;

/**
 * Prepares the way to authenticate requests.
 * @throws {Error} when a file of keys cannot be used. A URL that does not answer holds up no start: it is asked again.
 */
export async function openAuthentication(config: AuthenticationConfig, logger: Logger): Promise<AuthenticationOver> {
  switch (config.auth) {
    case 'none':
      return () => 'none';
    case 'api-key':
      return (store) =>
        apiKeyAuthenticator({
          store,
          onFault: (err) =>
            logger.warn({ kind: 'api-key-use', err }, 'the last use of an API key could not be recorded'),
        });
    case 'jwt': {
      const { authenticate, readKeys } = createJwtAuthentication({
        ...jwtOptionsOf(config),
        onFault: (err) => logger.error({ kind: 'token-keys', err }, KEYS_FAULT),
      });
      const reading = readKeys();
      const fault = config.jwtJwksFile === null ? null : await reading;
      if (fault !== null) throw new Error(`the keys of tokens cannot be used: ${messageOf(fault)}`, { cause: fault });
      return () => authenticate;
    }
  }
}

const KEYS_FAULT = 'the keys of the issuer of tokens cannot be read; those that were read before stay in use';

/** Returns the options of tokens that the settings are. Settings that are missing were told at the start. */
export function jwtOptionsOf(config: JwtConfig): JwtAuthenticatorOptions {
  const { jwtIssuer, jwtAudience, jwtAlgorithms, jwtJwksUrl, jwtJwksFile } = config;
  return {
    issuer: jwtIssuer ?? '',
    audience: jwtAudience ?? '',
    algorithms: jwtAlgorithms ?? [],
    keys: jwtJwksFile === null ? { url: jwtJwksUrl ?? '' } : { file: jwtJwksFile },
    cacheMs: config.jwtJwksCacheMs,
    cooldownMs: config.jwtJwksCooldownMs,
    timeoutMs: config.jwtJwksTimeoutMs,
    clockToleranceMs: config.jwtClockToleranceMs,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
