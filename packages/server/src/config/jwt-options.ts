import { isLocalHost } from './loopback.ts';

/** Algorithms by which tokens may be signed: those with a public key. With a shared secret a verifier could sign as well. */
export const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** An algorithm by which tokens may be signed. */
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** What a setting of algorithms should be, in words. */
export const JWT_ALGORITHMS_EXPECTED: string = `algorithms between commas, each one of ${JWT_ALGORITHMS.join(', ')}`;

/** Reads algorithms between commas, each once; undefined when one of them is no {@link JwtAlgorithm}. */
export function parseJwtAlgorithms(text: string): readonly JwtAlgorithm[] | undefined {
  const names = new Set(text.split(',').map((name) => name.trim()));
  const algorithms = JWT_ALGORITHMS.filter((algorithm) => names.has(algorithm));
  return algorithms.length === names.size ? algorithms : undefined;
}

/** Returns why a text has no algorithms that are taken; nothing when it only has unknown names. */
export function explainJwtAlgorithms(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^(?:none|hs\d+)$/i.test(name))
    .map((name) => `expected ${JWT_ALGORITHMS_EXPECTED}, found ${JSON.stringify(name)}, ${whyRefused(name)}`);
}

function whyRefused(name: string): string {
  if (name.toLowerCase() === 'none') return 'which signs nothing: everyone could make tokens';
  return 'which signs with a shared secret: this server could make tokens, and so could all that check them';
}

/** What a setting of the place of keys should be, in words. */
export const JWKS_URL_EXPECTED =
  'a URL https://…, or http://… on this machine itself, without a user, a password or a fragment';

/** Reads the URL of keys; undefined for one that could be changed on the way, or that has a secret in it. */
export function parseJwksUrl(text: string): string | undefined {
  if (/\s/.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, hash } = new URL(text);
  // Who can change the keys on their way signs what he likes.
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLocalHost(hostname.replaceAll(/[[\]]/g, '')));
  return isSafe && username === '' && password === '' && hash === '' ? text : undefined;
}

/** A number with its bounds. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** Times of the check of tokens, in milliseconds. */
export interface JwtTimes {
  readonly cacheMs: number;
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  readonly clockToleranceMs: number;
}

/** Bounds and defaults of {@link JwtTimes}. */
export const JWT_TIMES: { readonly [Name in keyof JwtTimes]: Bounds } = {
  cacheMs: { min: 1_000, max: 86_400_000, default: 600_000 },
  cooldownMs: { min: 1_000, max: 3_600_000, default: 30_000 },
  timeoutMs: { min: 100, max: 30_000, default: 5_000 },
  clockToleranceMs: { min: 0, max: 60_000, default: 5_000 },
};
