import { describe, expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { configNotes, readConfig } from './config.ts';
import { describeConfig } from './describe-config.ts';

const WHOSE = ['--jwt-issuer', 'https://issuer.example/', '--jwt-audience', 'api', '--jwt-algorithms', 'RS256'];
const URL_OF_KEYS = ['--jwt-jwks-url', 'https://issuer.example/keys'];
const JWT = ['--auth', 'jwt', ...WHOSE, ...URL_OF_KEYS];

/** The faults, or null for none. */
function faults(args: readonly string[], env: Record<string, string> = {}): readonly string[] | null {
  const read = readConfig(SERVER_SETTINGS, { args, env });
  return read.kind === 'faults' ? read.faults : null;
}

test('a server that takes tokens says whose, by flags or by variables', () => {
  const env = {
    RESERVATIONS_AUTH: 'jwt',
    RESERVATIONS_JWT_ISSUER: 'https://issuer.example/',
    RESERVATIONS_JWT_AUDIENCE: 'api',
    RESERVATIONS_JWT_ALGORITHMS: 'ES256, RS256,RS256',
    RESERVATIONS_JWT_JWKS_FILE: 'keys.json',
    RESERVATIONS_JWT_JWKS_CACHE: '60000',
    RESERVATIONS_JWT_JWKS_COOLDOWN: '5000',
    RESERVATIONS_JWT_CLOCK_TOLERANCE: '0',
  };
  expect(readConfig(SERVER_SETTINGS, { args: ['--host', '0.0.0.0'], env })).toMatchObject({
    kind: 'values',
    values: {
      auth: 'jwt',
      jwtIssuer: 'https://issuer.example/',
      jwtAudience: 'api',
      jwtAlgorithms: ['RS256', 'ES256'],
      jwtJwksUrl: null,
      jwtJwksFile: 'keys.json',
      jwtJwksCacheMs: 60_000,
      jwtJwksCooldownMs: 5_000,
      jwtClockToleranceMs: 0,
    },
  });
  expect(faults(JWT)).toBe(null);
});

test('everything that is missing is told at once', () => {
  expect(faults(['--auth', 'jwt'])).toEqual([
    '--jwt-issuer: expected the iss of the tokens, such as https://login.example.com/, found nothing; --auth jwt needs it',
    '--jwt-audience: expected what the issuer writes as aud into tokens for this API, found nothing; --auth jwt needs it',
    '--jwt-algorithms: expected algorithms between commas, each one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, found nothing; --auth jwt needs it',
    '--jwt-jwks-url: expected the URL of the keys, or --jwt-jwks-file, found neither; --auth jwt needs one',
  ]);
  expect(faults([...JWT, '--jwt-jwks-file', 'keys.json'])).toEqual([
    '--jwt-jwks-file: expected either it or --jwt-jwks-url, found both',
  ]);
});

test('settings that say whose tokens are accepted never go with an open server', () => {
  for (const args of [[], ['--auth', 'none']]) {
    expect(faults(args, { RESERVATIONS_JWT_ISSUER: 'https://issuer.example/' })).toEqual([
      'RESERVATIONS_JWT_ISSUER: expected --auth jwt with it, found --auth none: everyone would be let in',
    ]);
  }
});

test('those without an effect are told: flags as faults, variables as notes', () => {
  const sources = (args: readonly string[], env: Record<string, string>) => ({ args, env });
  function notes(args: readonly string[], env: Record<string, string>): unknown {
    const read = readConfig(SERVER_SETTINGS, sources(args, env));
    return read.kind === 'faults' ? read.faults : configNotes(SERVER_SETTINGS, read.values, sources(args, env));
  }
  expect(notes(['--auth', 'api-key'], { RESERVATIONS_JWT_AUDIENCE: 'api' })).toEqual([
    'RESERVATIONS_JWT_AUDIENCE: has no effect without --auth jwt',
  ]);
  expect(notes(['--auth', 'api-key', ...URL_OF_KEYS], {})).toEqual([
    '--jwt-jwks-url: has no effect without --auth jwt',
  ]);
  expect(notes(['--jwt-clock-tolerance', '1'], {})).toEqual([
    '--jwt-clock-tolerance: has no effect without --auth jwt',
  ]);
  const file = ['--auth', 'jwt', ...WHOSE, '--jwt-jwks-file', 'keys.json'];
  expect(notes(file, { RESERVATIONS_JWT_JWKS_TIMEOUT: '100' })).toEqual([
    'RESERVATIONS_JWT_JWKS_TIMEOUT: has no effect beside a file of keys',
  ]);
});

describe('the algorithms', () => {
  const expected = 'expected algorithms between commas, each one of RS256, RS384, RS512, PS256';

  test.each([
    ['none', '"none", which signs nothing: everyone could make tokens'],
    ['RS256,NONE', '"NONE", which signs nothing'],
    ['HS256', '"HS256", which signs with a shared secret'],
    ['RS256, hs512', '"hs512", which signs with a shared secret'],
    ['RS265', '"RS265"'],
    ['RS256 ES256', '"RS256 ES256"'],
    ['RS256,', '"RS256,"'],
  ])('%s are refused', (text, found) => {
    const [fault = ''] =
      faults(['--auth', 'jwt', ...URL_OF_KEYS, ...WHOSE.slice(0, 4), '--jwt-algorithms', text]) ?? [];
    expect(fault).toContain(`--jwt-algorithms: ${expected}`);
    expect(fault).toContain(`found ${found}`);
  });
});

describe('the place of the keys', () => {
  const read = (url: string): unknown => faults(['--auth', 'jwt', ...WHOSE, '--jwt-jwks-url', url]);

  test.each([
    'https://issuer.example/keys?tenant=a',
    'HTTPS://issuer.example:8443',
    'http://127.0.0.1:9/keys',
    'http://localhost:9/keys',
    'http://[::1]:9/keys',
  ])('may be %s', (url) => {
    expect(read(url)).toBe(null);
  });

  test.each([
    'http://issuer.example/keys',
    'http://127.0.0.1.example/keys',
    'http://localhost.example/keys',
    'http://10.0.0.1/keys',
    'ftp://127.0.0.1/keys',
    'file:///etc/keys.json',
    'https://issuer.example/keys#x',
    'issuer.example/keys',
    'https://issuer.example/a b',
    'https://',
  ])('may not be %s', (url) => {
    expect(read(url)).toEqual([
      `--jwt-jwks-url: expected a URL https://…, or http://… on this machine itself, without a user, a password or a fragment, found ${JSON.stringify(url)}`,
    ]);
  });

  test('may have no password, which is not shown', () => {
    expect(JSON.stringify(read('https://ada:sesame@issuer.example/keys'))).toMatch(/^(?!.*sesame).*found \\"https:…/);
  });
});

test.each([
  ['--jwt-jwks-cache', '999', 'a whole number from 1000 to 86400000'],
  ['--jwt-jwks-cooldown', '0', 'a whole number from 1000 to 3600000'],
  ['--jwt-jwks-timeout', '30001', 'a whole number from 100 to 30000'],
  ['--jwt-clock-tolerance', '60001', 'a whole number from 0 to 60000'],
])('%s %s is out of bounds', (flag, text, expected) => {
  expect(faults([...JWT, flag, text])).toEqual([`${flag}: expected ${expected}, found "${text}"`]);
});

test('a token that is given as a setting is not printed', () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
  expect(JSON.stringify(faults([...JWT, '--port', token]))).not.toContain('eyJ');
  const sources = { args: [...JWT, '--jwt-audience', token], env: {} };
  const read = readConfig(SERVER_SETTINGS, sources);
  const shown = read.kind === 'values' ? describeConfig(SERVER_SETTINGS, read.values, sources) : [];
  expect(shown.find(({ flag }) => flag === '--jwt-audience')?.value).toBe('***');
  expect(shown.find(({ flag }) => flag === '--jwt-algorithms')?.value).toBe('RS256');
});
