import type { ReservationStore } from '@reservations/core';
import { createApiKey } from '@reservations/core/operations';
import { apiKeyAuthenticator } from '../../auth/api-key-authenticator.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import { AUDIENCE, inAnHour, ISSUER, makeKey, signToken, startIssuer } from '../../auth/jwt/issuer-fixture.ts';
import { jwtAuthenticator } from '../../auth/jwt/jwt-authenticator.ts';
import type { Scope } from '../../auth/scopes.ts';

/** The scopes of a client that makes reservations. */
export const CLIENT_SCOPES: readonly Scope[] = ['reservations:write', 'reservations:read'];

/** CredentialHeaders of a request. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** A way to authenticate, and credentials of it. */
export interface AuthMode {
  readonly auth: Authenticator;
  credential(name: string, ...scopes: readonly Scope[]): Promise<CredentialHeaders>;
  /** CredentialHeaders that let no request in. */
  readonly refused: readonly CredentialHeaders[];
}

const bearer = (token: string): CredentialHeaders => ({ Authorization: `Bearer ${token}` });

export async function openApiKeys(store: ReservationStore): Promise<AuthMode> {
  const expired = await createApiKey(store, {
    name: 'old',
    scopes: CLIENT_SCOPES,
    expiresAt: 2_000,
    runtime: { clock: { now: () => 1_000, sleep: () => Promise.resolve() }, newUuid: () => '', random: () => 0 },
  });
  return {
    auth: apiKeyAuthenticator({ store }),
    credential: async (name, ...scopes) => bearer((await createApiKey(store, { name, scopes })).key),
    refused: [{}, bearer(`rsv_00000000_${'A'.repeat(43)}`), bearer(expired.key), { Authorization: 'Basic YTpi' }],
  };
}

export async function openTokens(): Promise<AuthMode> {
  const key = await makeKey('one');
  const issuer = await startIssuer(key);
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['ES256'],
    keys: { url: issuer.url },
    timeoutMs: 30_000,
  } as const;
  const scope = CLIENT_SCOPES.join(' ');
  return {
    auth: jwtAuthenticator(options),
    credential: async (sub, ...scopes) => bearer(await signToken(key, { sub, scope: scopes.join(' ') })),
    refused: [
      {},
      bearer(await signToken(key, { scope, exp: inAnHour() - 7_200 })),
      bearer(await signToken(key, { scope, aud: 'https://other.example' })),
      bearer(await signToken(await makeKey('one'), { scope })),
      { Authorization: 'Basic YTpi' },
    ],
  };
}

/** The modes by their names in titles. */
export const AUTH_MODES: readonly (readonly [string, (store: ReservationStore) => Promise<AuthMode>])[] = [
  ['API keys', openApiKeys],
  ['tokens', openTokens],
];
