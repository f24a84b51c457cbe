import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Authentication } from '../authenticator.ts';
import {
  AUDIENCE,
  type Claims,
  inAnHour,
  ISSUER,
  type IssuerKey,
  makeKey,
  signToken,
  startIssuer,
} from './issuer-fixture.ts';
import { jwtAuthenticator, type JwtAuthenticatorOptions } from './jwt-authenticator.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const NOW_S = NOW / 1_000;

let key: IssuerKey;
let rsa: IssuerKey;
let foreign: IssuerKey;

beforeAll(async () => {
  [key, rsa, foreign] = await Promise.all([makeKey('one'), makeKey('rsa', 'RS256'), makeKey('one')]);
});

interface Fixture {
  readonly clock: { nowMs: number };
  authenticate(token: string | null): Promise<Authentication>;
  /** The same for a token with these claims. */
  claims(claims: Claims, header?: Readonly<Record<string, unknown>>): Promise<Authentication>;
}

async function fixture(change: Partial<JwtAuthenticatorOptions> = {}): Promise<Fixture> {
  const issuer = await startIssuer(key, rsa);
  const clock = { nowMs: NOW };
  const authenticator = jwtAuthenticator({
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['ES256'],
    keys: { url: issuer.url },
    timeoutMs: 30_000,
    clock: { now: () => clock.nowMs, monotonicMs: () => 0 },
    ...change,
  });
  const authenticate = (token: string | null): Promise<Authentication> =>
    authenticator({ token, request: undefined as never });
  return {
    clock,
    authenticate,
    claims: async (claims, header) => authenticate(await signToken(key, { exp: NOW_S + 60, ...claims }, header)),
  };
}

const refused = (reason: string): unknown => ({ kind: 'refused', reason });
const scopesOf = (found: Authentication): unknown => (found.kind === 'authenticated' ? found.principal.scopes : found);

test('a token is its subject with its scopes', async () => {
  const { claims } = await fixture();
  expect(
    await claims({ sub: 'auth0|ada@example.com', scope: 'openid reservations:read ops:read galaxies:write' }),
  ).toEqual({
    kind: 'authenticated',
    principal: { kind: 'jwt', subject: 'auth0|ada@example.com', scopes: ['reservations:read', 'ops:read'] },
    validForMs: 65_000,
  });
});

test.each<[Claims, readonly string[]]>([
  [{}, []],
  [{ scp: ['reservations:write', 'reservations:write'] }, ['reservations:write']],
  [{ scp: 'reservations:write ops:read' }, ['reservations:write', 'ops:read']],
  [{ scope: ['ops:write'] }, ['ops:write']],
  [{ scope: 'ops:read', scp: ['ops:write'] }, ['ops:read']],
  [{ scope: '', scp: ['ops:write'] }, []],
  [{ scope: 7, scp: ['ops:write'] }, []],
  [{ scp: [['ops:write'], { a: 1 }, null, 'OPS:WRITE'] }, []],
  [{ scope: 'reservations:read,ops:read' }, []],
  [{ scope: { 'ops:write': true } }, []],
])('%j permits %j', async (claims, scopes) => {
  expect(scopesOf(await (await fixture()).claims(claims))).toEqual(scopes);
});

test.each<[string, Claims]>([
  ['for another audience', { aud: 'https://other.example' }],
  ['for an audience that only begins so', { aud: `${AUDIENCE}/x` }],
  ['for no audience', { aud: undefined }],
  ['for an empty list', { aud: [] }],
  ['of another issuer', { iss: 'https://issuer.example' }],
  ['of no issuer', { iss: undefined }],
  ['that does not expire', { exp: undefined }],
  ['whose expiry is a text', { exp: `${NOW_S + 60}` }],
  ['that is not valid yet', { nbf: NOW_S + 6 }],
  ['without a subject', { sub: undefined }],
  ['with an empty subject', { sub: '' }],
  ['with a subject that is no text', { sub: 7 }],
  ['with a subject that cannot be a caller', { sub: 'Ada Lovelace' }],
  ['with a subject of unbounded length', { sub: 'a'.repeat(252) }],
])('a token %s is refused', async (_what, claims) => {
  expect(await (await fixture()).claims(claims)).toEqual(refused('invalid'));
});

test.each<[Claims]>([
  [{ aud: ['x', AUDIENCE] }],
  [{ nbf: NOW_S + 5 }],
  [{ sub: 'a'.repeat(251) }],
  [{ iat: NOW_S + 60 }],
])('a token with %j is taken', async (claims) => {
  expect(await (await fixture()).claims(claims)).toMatchObject({ kind: 'authenticated' });
});

test.each([
  ['an extension that has to be understood', { crit: ['exp'], exp: NOW_S + 60 }],
  ['a payload that is not encoded', { crit: ['b64'], b64: true }],
  ['the type of another purpose', { typ: 'logout+jwt' }],
  ['a type that is no text', { typ: 7 }],
  ['the id of another key', { kid: 'two' }],
  ['an id that is no text', { kid: 1 }],
])('a token whose header has %s is refused', async (_what, header) => {
  expect(await (await fixture()).claims({}, header)).toEqual(refused('invalid'));
});

test.each(['JWT', 'jwt', 'at+jwt', 'application/at+JWT'])('a token of the type %s is taken', async (typ) => {
  expect(await (await fixture()).claims({}, { typ })).toMatchObject({ kind: 'authenticated' });
});

describe('the encoding is base64url without padding', () => {
  /** Returns a token whose signature has a character that plain base64 has another one for. */
  async function token(): Promise<string> {
    const made = await signToken(key, { exp: NOW_S + 60 });
    return /[-_][^.]*$/.test(made) ? made : token();
  }
  const parts: readonly [string, (token: string) => string][] = [
    ['padding behind the signature', (token) => `${token}==`],
    ['one sign of padding behind the signature', (token) => `${token}=`],
    [
      'a signature in plain base64',
      (token) => token.replace(/[^.]+$/, (part) => part.replaceAll('-', '+').replaceAll('_', '/')),
    ],
  ];
  test.each(parts)('a token with %s is refused', async (_what, change) => {
    const { authenticate } = await fixture();
    const made = await token();
    expect(await authenticate(made)).toMatchObject({ kind: 'authenticated' });
    expect(await authenticate(change(made))).toEqual(refused('invalid'));
  });

  test('so is a token whose issuer signed padding', async () => {
    const { authenticate } = await fixture();
    const signed = async (header: string): Promise<string> => {
      const payload = encode({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: NOW_S + 60 });
      const input = `${header}.${payload}`;
      const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, Buffer.from(input));
      return `${input}.${Buffer.from(bytes).toString('base64url')}`;
    };
    const header = encode({ alg: 'ES256', kid: 'one', a: 10 });
    expect(header).toHaveLength(46);
    expect(await authenticate(await signed(header))).toMatchObject({ kind: 'authenticated' });
    expect(await authenticate(await signed(`${header}==`))).toEqual(refused('invalid'));
  });
});

test('the key of a token is looked up in the set, never taken from the token', async () => {
  const { authenticate } = await fixture();
  const jwk = foreign.publicJwk;
  for (const header of [{}, { jwk }, { jku: 'http://127.0.0.1:1/keys' }, { x5c: ['AA=='] }]) {
    const token = await signToken(foreign, { exp: NOW_S + 60 }, header);
    expect(await authenticate(token)).toEqual(refused('invalid'));
  }
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('the algorithm', () => {
  const payload = (): string => encode({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: NOW_S + 60 });

  test('none is refused, in any case and with any signature', async () => {
    const { authenticate } = await fixture();
    for (const alg of ['none', 'None', 'NONE', '']) {
      for (const signature of ['', 'AA']) {
        const token = `${encode({ alg, kid: 'one' })}.${payload()}.${signature}`;
        expect(await authenticate(token), token).toEqual(refused('invalid'));
      }
    }
  });

  test('of a shared secret is refused, also with the public key as the secret', async () => {
    const { authenticate } = await fixture({ algorithms: ['RS256'] });
    for (const secret of [JSON.stringify(rsa.publicJwk), rsa.publicJwk.n ?? '', '']) {
      const signed = `${encode({ alg: 'HS256', kid: 'rsa' })}.${payload()}`;
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await authenticate(`${signed}.${signature}`)).toEqual(refused('invalid'));
    }
  });

  test('that is not on the list is refused, whichever keys there are', async () => {
    const { authenticate } = await fixture();
    expect(await authenticate(await signToken(rsa, { exp: NOW_S + 60 }))).toEqual(refused('invalid'));
    const both = await fixture({ algorithms: ['ES256', 'RS256'] });
    expect(await both.authenticate(await signToken(rsa, { exp: NOW_S + 60 }))).toMatchObject({ kind: 'authenticated' });
  });
});

test('a text that is no token is refused, whole and letter by letter', async () => {
  const { authenticate } = await fixture();
  const token = await signToken(key, { exp: NOW_S + 60 });
  expect(await authenticate(null)).toEqual(refused('missing'));
  const [header = '', payload = '', signature = ''] = token.split('.');
  const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  for (const wrong of [
    '',
    '..',
    'x',
    header,
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `${header}.${payload}.${other}`,
    `${header}.${payload}.${signature}.`,
    `${header}.${payload}.${signature}.x.y`,
    `${header}.${payload}A.${signature}`,
    `${header}..${signature}`,
    `.${payload}.${signature}`,
    `bm8.${payload}.${signature}`,
    `${token}=`,
    'rsv_00000000_0000000000000000000000000000000000000000000',
    `${header}.${'A'.repeat(8_192)}.${signature}`,
  ]) {
    expect(await authenticate(wrong), wrong).toEqual(refused('invalid'));
  }
  expect(await authenticate(token)).toMatchObject({ kind: 'authenticated' });
});

test('a token of unbounded length is refused before it is looked at', async () => {
  const { authenticate } = await fixture({ keys: { url: 'http://127.0.0.1:1/' } });
  // Reading the keys of this place would be "unavailable".
  expect(await authenticate(await signToken(key, { exp: NOW_S + 60, x: 'a'.repeat(9_000) }))).toEqual(
    refused('invalid'),
  );
});

test('a token expires at its time, by a clock that may differ by the tolerance', async () => {
  const tolerant = await fixture();
  const token = await signToken(key, { exp: NOW_S + 60 });
  tolerant.clock.nowMs = NOW + 64_999;
  expect(await tolerant.authenticate(token)).toMatchObject({ kind: 'authenticated', validForMs: 1 });
  tolerant.clock.nowMs += 1;
  expect(await tolerant.authenticate(token)).toEqual(refused('expired'));
  const strict = await fixture({ clockToleranceMs: 0 });
  strict.clock.nowMs = NOW + 59_999;
  expect(await strict.authenticate(token)).toMatchObject({ kind: 'authenticated', validForMs: 1 });
  strict.clock.nowMs += 1;
  expect(await strict.authenticate(token)).toEqual(refused('expired'));
  expect(await strict.claims({ exp: NOW_S + 120, nbf: NOW_S + 61 })).toEqual(refused('invalid'));
});

test('a token without the id of a key is taken when one key fits, and refused when several do', async () => {
  const issuer = await startIssuer(key, rsa);
  let monotonicMs = 0;
  const { claims } = await fixture({
    keys: { url: issuer.url },
    clock: { now: () => NOW, monotonicMs: () => monotonicMs },
  });
  expect(await claims({}, { kid: undefined })).toMatchObject({ kind: 'authenticated' });
  issuer.publish(key, await makeKey('two'));
  monotonicMs += 600_000;
  expect(await claims({}, { kid: undefined })).toEqual(refused('invalid'));
  expect(await claims({})).toMatchObject({ kind: 'authenticated' });
});

test('the clock of the machine is used without another', async () => {
  const issuer = await startIssuer(key);
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], keys: { url: issuer.url } } as const;
  const authenticate = jwtAuthenticator(options);
  const ask = async (exp: number): Promise<Authentication> =>
    authenticate({ token: await signToken(key, { exp }), request: undefined as never });
  expect(await ask(inAnHour())).toMatchObject({ kind: 'authenticated' });
  expect(await ask(inAnHour() - 7_200)).toEqual(refused('expired'));
});

test.each<[Partial<Record<keyof JwtAuthenticatorOptions, unknown>>, RegExp]>([
  [{ issuer: '' }, /^issuer: expected a text that is not empty, found ""$/],
  [{ audience: undefined }, /^audience: expected a text that is not empty, found undefined$/],
  [{ algorithms: [] }, /^algorithms: expected algorithms between commas, each one of RS256, /],
  [{ algorithms: undefined }, /^algorithms: expected /],
  [{ algorithms: ['none'] }, /^algorithms: .*found "none", which signs nothing/],
  [{ algorithms: ['ES256', 'HS256'] }, /^algorithms: .*found "HS256", which signs with a shared secret/],
  [{ algorithms: ['ES256K'] }, /^algorithms: expected /],
  [{ keys: {} }, /^keys: expected either url or file, found {}$/],
  [{ keys: undefined }, /^keys: expected either url or file/],
  [{ keys: { url: 'https://a.example', file: 'b' } }, /^keys: expected either url or file/],
  [{ keys: { url: 'http://issuer.example/keys' } }, /^keys\.url: expected a URL https:/],
  [{ keys: { file: '' } }, /^keys\.file: expected the path of a file/],
  [{ cacheMs: 999 }, /^cacheMs: expected a whole number from 1000 to 86400000, found 999$/],
  [{ cooldownMs: 0 }, /^cooldownMs: /],
  [{ timeoutMs: 30_001 }, /^timeoutMs: /],
  [{ clockToleranceMs: 60_001 }, /^clockToleranceMs: expected a whole number from 0 to 60000/],
  [{ clockToleranceMs: Number.NaN }, /^clockToleranceMs: /],
])('the options %j are refused', (change, message) => {
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], keys: { url: 'https://a.example' } };
  expect(() => jwtAuthenticator({ ...options, ...change } as JwtAuthenticatorOptions)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }),
  );
});
