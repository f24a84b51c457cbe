import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

export const ISSUER = 'https://issuer.example/';
export const AUDIENCE = 'https://reservations.example';

/** A key pair of an issuer, under its id. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

/** An issuer of tokens, whose keys are published by a real server on this machine. */
export interface Issuer {
  readonly url: string;
  /** Requests for the keys so far. */
  requests(): number;
  publish(...keys: readonly IssuerKey[]): void;
  /** Answers from now on with this, null for the published keys. */
  answer(listener: RequestListener | null): void;
  /** Refuses connections until {@link back}. */
  leave(): Promise<void>;
  back(): Promise<void>;
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, privateKey };
}

/** Starts an issuer that ends with the test. */
export async function startIssuer(...first: readonly IssuerKey[]): Promise<Issuer> {
  let keys = first;
  let requests = 0;
  let listener: RequestListener | null = null;
  const server = createServer((request, response) => {
    requests += 1;
    if (listener !== null) listener(request, response);
    else response.setHeader('Content-Type', 'application/json').end(keySetText(keys));
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  onTestFinished(() => leave());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/keys`,
    requests: () => requests,
    publish(...published) {
      keys = published;
    },
    answer(next) {
      listener = next;
    },
    leave,
    back: () => listen(port),
  };
}

/** A JSON Web Key Set with the public halves. */
export function keySetText(keys: readonly IssuerKey[]): string {
  return JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });
}

/** Claims of a token; one that is undefined is left out. */
export type Claims = Readonly<Record<string, unknown>>;

/** Seconds since the epoch at which a token of {@link signToken} expires unless it says otherwise. */
export function inAnHour(nowMs: number = Date.now()): number {
  return Math.floor(nowMs / 1_000) + 3_600;
}

/** Signs a token of this issuer, with these claims beside those of every token. */
export function signToken(
  key: IssuerKey,
  claims: Claims = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const all = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: inAnHour(), ...claims };
  return new SignJWT(all)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey, { crit: { exp: true } });
}
