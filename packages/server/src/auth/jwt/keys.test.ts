import type { RequestListener } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from 'jose';
import { exportJWK } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Authentication } from '../authenticator.ts';
import {
  AUDIENCE,
  type Issuer,
  ISSUER,
  type IssuerKey,
  keySetText,
  makeKey,
  signToken,
  startIssuer,
} from './issuer-fixture.ts';
import { createJwtAuthentication, type JwtAuthenticatorOptions } from './jwt-authenticator.ts';

let one: IssuerKey;
let two: IssuerKey;

beforeAll(async () => {
  [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
});

interface Fixture {
  readonly issuer: Issuer;
  readonly clock: { monotonicMs: number };
  readonly faults: unknown[];
  readKeys(): Promise<unknown>;
  /** Authenticates a token that is signed with a key. */
  by(key: IssuerKey): Promise<Authentication>;
}

/** An issuer that publishes the first key, which has been read. */
async function fixture(change: Partial<JwtAuthenticatorOptions> = {}): Promise<Fixture> {
  const issuer = await startIssuer(one);
  const clock = { monotonicMs: 0 };
  const faults: unknown[] = [];
  const { authenticate, readKeys } = createJwtAuthentication({
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['ES256'],
    keys: { url: issuer.url },
    cacheMs: 60_000,
    cooldownMs: 10_000,
    timeoutMs: 30_000,
    onFault: (fault) => void faults.push(fault),
    clock: { now: () => Date.now(), monotonicMs: () => clock.monotonicMs },
    ...change,
  });
  const by = async (key: IssuerKey): Promise<Authentication> =>
    authenticate({ token: await signToken(key), request: undefined as never });
  return { issuer, clock, faults, readKeys, by };
}

const AUTHENTICATED = expect.objectContaining({ kind: 'authenticated' }) as unknown;
const UNAVAILABLE = { kind: 'unavailable', cause: expect.any(Error) as unknown };
const REFUSED = { kind: 'refused', reason: 'invalid' };

test('the keys are read once, also by requests that come at once', async () => {
  const { issuer, by } = await fixture();
  expect(await Promise.all([by(one), by(one), by(one)])).toEqual([AUTHENTICATED, AUTHENTICATED, AUTHENTICATED]);
  await by(one);
  expect(issuer.requests()).toBe(1);
});

test('a new key is read once, and no other within the cooldown', async () => {
  const { issuer, clock, by } = await fixture();
  await by(one);
  issuer.publish(one, two);
  clock.monotonicMs = 9_999;
  expect(await by(two)).toEqual(REFUSED);
  expect(issuer.requests()).toBe(1);
  clock.monotonicMs = 10_000;
  expect(await Promise.all([by(two), by(one), by(two)])).toEqual([AUTHENTICATED, AUTHENTICATED, AUTHENTICATED]);
  expect(issuer.requests()).toBe(2);
  const three = await makeKey('three');
  expect(await by(three)).toEqual(REFUSED);
  clock.monotonicMs = 19_999;
  expect(await by(three)).toEqual(REFUSED);
  expect(issuer.requests()).toBe(2);
});

test('a key that is withdrawn is refused once the keys are as old as the cache time', async () => {
  const { issuer, clock, by } = await fixture();
  expect(await by(one)).toMatchObject({ validForMs: 60_000 });
  issuer.publish(two);
  clock.monotonicMs = 59_999;
  expect(await by(one)).toMatchObject({ kind: 'authenticated', validForMs: 1 });
  clock.monotonicMs = 60_000;
  expect(await by(one)).toEqual(REFUSED);
  expect(await by(two)).toEqual(AUTHENTICATED);
  expect(issuer.requests()).toBe(2);
});

describe('while the issuer is away', () => {
  test('keys that were read stay in use, and an unknown one is unavailable, not refused', async () => {
    const { issuer, clock, faults, by } = await fixture();
    await by(one);
    await issuer.leave();
    clock.monotonicMs = 10_000;
    expect(await by(two)).toEqual(UNAVAILABLE);
    expect(await by(one)).toEqual(AUTHENTICATED);
    // Not asked again within the cooldown.
    clock.monotonicMs = 19_999;
    expect(await by(two)).toEqual(UNAVAILABLE);
    expect(faults).toHaveLength(1);
    clock.monotonicMs = 70_000;
    expect(await by(one), 'older than the cache time').toEqual(AUTHENTICATED);
    await expect.poll(() => faults.length).toBe(2);
    issuer.publish(one, two);
    await issuer.back();
    clock.monotonicMs = 80_000;
    expect(await by(two)).toEqual(AUTHENTICATED);
  });

  test('keys that are old are not asked for at every request, and an answer of theirs holds as long as the token', async () => {
    const { issuer, clock, by } = await fixture();
    await by(one);
    issuer.answer((_, response) => response.writeHead(500).end());
    clock.monotonicMs = 60_000;
    for (let n = 0; n < 5; n += 1) {
      const found = await by(one);
      expect(found.kind === 'authenticated' && (found.validForMs ?? 0) > 60_000).toBe(true);
    }
    expect(issuer.requests()).toBe(2);
  });

  test('requests do not wait for a place that gave no answer a moment ago', async () => {
    const { issuer, clock, faults, by } = await fixture();
    await by(one);
    issuer.answer((request) => request.socket.destroy());
    clock.monotonicMs = 60_000;
    expect(await by(one)).toEqual(AUTHENTICATED);
    expect(faults).toHaveLength(1);
    const asked = Promise.withResolvers<() => void>();
    issuer.answer((_, response) => asked.resolve(() => response.end(keySetText([two]))));
    clock.monotonicMs = 70_000;
    // By the keys from before: the answer has not come yet.
    expect(await by(one)).toEqual(AUTHENTICATED);
    const answer = await asked.promise;
    answer();
    expect(await by(two)).toEqual(AUTHENTICATED);
    expect(issuer.requests()).toBe(3);
  });

  test.each<[string, RequestListener]>([
    ['nothing', () => undefined],
    ['half a set', (_, response) => void response.write('{"keys":[')],
  ])('a place that answers %s is given up after its time', async (_what, listener) => {
    const { issuer, faults, by } = await fixture({ timeoutMs: 100 });
    issuer.answer(listener);
    expect(await by(one)).toEqual(UNAVAILABLE);
    expect(faults).toEqual([expect.objectContaining({ message: `${issuer.url}: no answer within 100 ms` })]);
  });

  test('a server that has no keys yet is asked again after a second', async () => {
    const { issuer, clock, faults, by } = await fixture();
    await issuer.leave();
    expect(await by(one)).toEqual(UNAVAILABLE);
    await issuer.back();
    clock.monotonicMs = 999;
    expect(await by(one)).toEqual(UNAVAILABLE);
    expect([issuer.requests(), faults.length]).toEqual([0, 1]);
    clock.monotonicMs = 1_000;
    expect(await by(one)).toEqual(AUTHENTICATED);
  });

  test('nothing of a token is in what is told', async () => {
    const { issuer, faults, by } = await fixture();
    await issuer.leave();
    const found = await by(one);
    expect(found).toEqual(UNAVAILABLE);
    const told = JSON.stringify(
      [faults, found].flat().map((each) => [String(each), (each as { cause?: unknown }).cause]),
    );
    expect(told).not.toMatch(/eyJ|ada/);
  });
});

describe('a place that has no set of public keys', () => {
  test.each<[string, number, string | Record<string, string>, RegExp]>([
    ['a status', 404, 'x', /status 404, expected 200$/],
    ['a redirect', 302, { Location: 'http://127.0.0.1:1/' }, /status 302, expected 200$/],
    ['a page', 200, '<html>', /expected a JSON Web Key Set, found a text that is no JSON$/],
    ['another document', 200, '{"issuer":"x"}', /expected a JSON Web Key Set, found JSON without a list of keys$/],
    ['keys that are none', 200, '{"keys":[1]}', /found JSON without a list of keys$/],
    ['a secret key', 200, '{"keys":[{"kty":"oct","k":"AA"}]}', /^the set has a private or secret key/],
    ['more than any issuer has', 200, ' '.repeat(1_048_577), /: more than 1048576 bytes$/],
  ])('%s is a fault', async (_what, status, answer, message) => {
    const { issuer, faults, by } = await fixture();
    issuer.answer((_, response) => {
      response.writeHead(status, typeof answer === 'string' ? {} : answer);
      response.end(typeof answer === 'string' ? answer : '');
    });
    expect(await by(one)).toEqual(UNAVAILABLE);
    expect(faults).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });

  test('a private key of the issuer is a fault', async () => {
    const { issuer, faults, by } = await fixture();
    const leaked = { ...(await exportJWK(one.privateKey)), kid: 'one' };
    issuer.answer((_, response) => void response.end(JSON.stringify({ keys: [leaked] })));
    expect(await by(one)).toEqual(UNAVAILABLE);
    expect(String(faults[0])).toMatch(/the set has a private or secret key/);
  });

  test('an empty set refuses every token: the issuer has withdrawn its keys', async () => {
    const { issuer, by } = await fixture();
    issuer.publish();
    expect(await by(one)).toEqual(REFUSED);
  });

  test('a key of the issuer that cannot be used is unavailable, not a fault of the token', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2_048, extractable: true });
    const { issuer, by } = await fixture({ algorithms: ['RS256'] });
    const short = { kty: 'RSA', kid: 'weak', n: Buffer.alloc(128, 0xc5).toString('base64url'), e: 'AQAB' };
    issuer.answer((_, response) => void response.end(JSON.stringify({ keys: [short] })));
    const weak = { kid: 'weak', alg: 'RS256', publicJwk: await exportJWK(publicKey), privateKey };
    expect(await by(weak)).toEqual({
      kind: 'unavailable',
      cause: expect.objectContaining({
        message: expect.stringMatching(/^a key of the issuer of tokens cannot be used: /),
      }),
    });
  });
});

describe('a file of keys', () => {
  async function keyFile(...keys: readonly IssuerKey[]): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'keys-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'keys.json');
    await writeFile(file, keySetText(keys));
    return file;
  }

  test('is read, and again for a new key and after the cache time', async () => {
    const file = await keyFile(one);
    const { clock, by } = await fixture({ keys: { file } });
    expect([await by(one), await by(two)]).toEqual([AUTHENTICATED, REFUSED]);
    await writeFile(file, keySetText([one, two]));
    clock.monotonicMs = 10_000;
    expect(await by(two)).toEqual(AUTHENTICATED);
    await writeFile(file, keySetText([two]));
    clock.monotonicMs = 70_000;
    expect(await by(one)).toEqual(REFUSED);
  });

  test('that is gone or damaged is a fault, and the keys from before stay in use', async () => {
    const file = await keyFile(one);
    const { clock, faults, by, readKeys } = await fixture({ keys: { file } });
    expect(await readKeys()).toBe(null);
    await writeFile(file, '{"keys":[');
    clock.monotonicMs = 60_000;
    expect(await by(one)).toEqual(AUTHENTICATED);
    await rm(file);
    expect(await readKeys()).toMatchObject({ code: 'ENOENT' });
    expect(faults).toHaveLength(2);
  });
});
