import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AUDIENCE,
  inAnHour,
  ISSUER,
  type IssuerKey,
  keySetText,
  makeKey,
  signToken,
  startIssuer,
} from '../auth/jwt/issuer-fixture.ts';
import { reserve, run, runHere, serve, temporaryFile } from '../cli/cli-fixture.ts';
import type { Finding } from './doctor/finding.ts';

const WHOSE = ['--auth', 'jwt', '--jwt-issuer', ISSUER, '--jwt-audience', AUDIENCE, '--jwt-algorithms', 'ES256'];
const SCOPE = 'reservations:write reservations:read';

let key: IssuerKey;

beforeAll(async () => {
  key = await makeKey('one');
});

const bearer = (token: string): { readonly Authorization: string } => ({ Authorization: `Bearer ${token}` });

describe('a server with --auth jwt', () => {
  test('takes tokens of its issuer, refuses others, and prints none', async () => {
    const issuer = await startIssuer(key);
    const server = await serve('--sandbox', '--log-level', 'trace', ...WHOSE, '--jwt-jwks-url', issuer.url);
    const token = await signToken(key, { scope: SCOPE });
    const made = await reserve(server.url, 'ada', bearer(token));
    expect(made.status).toBe(200);
    const { reservation_id: id } = (await made.json()) as { readonly reservation_id: string };
    const refused = [
      await signToken(key, { exp: inAnHour() - 7_200, scope: SCOPE }),
      await signToken(key, { aud: 'https://other.example', scope: SCOPE }),
      await signToken(await makeKey('one'), { scope: SCOPE }),
    ];
    for (const each of refused) {
      const answer = await fetch(`${server.url}/reservations/${id}`, { headers: bearer(each) });
      expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
      expect(await answer.text()).not.toContain(each);
    }
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(issuer.requests()).toBe(1);
    const printed = server.out() + server.err();
    expect(printed).toContain('"caller":"jwt:ada"');
    expect(printed).toContain('"refusal":"expired"');
    for (const each of [token, ...refused]) {
      for (const part of each.split('.')) expect(printed).not.toContain(part.slice(0, 30));
    }
  });

  test('starts while its issuer is away, and tells it', async () => {
    const issuer = await startIssuer(key);
    await issuer.leave();
    const server = await serve('--sandbox', ...WHOSE, '--jwt-jwks-url', issuer.url);
    await server.untilOut(/"kind":"token-keys"/);
    const token = await signToken(key, { scope: SCOPE });
    const away = await reserve(server.url, 'ada', bearer(token));
    expect([away.status, away.headers.get('Retry-After')]).toEqual([503, '1']);
    expect(await away.json()).toMatchObject({ code: 'authentication_unavailable' });
    await issuer.back();
    await expect.poll(async () => (await reserve(server.url, 'ada', bearer(token))).status).toBe(200);
  });

  test('does not start with a file of keys that cannot be used', async () => {
    const file = await temporaryFile('keys.json');
    const start = async (): Promise<unknown> => {
      const server = run(['--port', '0', '--sandbox', ...WHOSE, '--jwt-jwks-file', file]);
      return [await server.ended, server.err()];
    };
    expect(await start()).toEqual([1, expect.stringMatching(/the keys of tokens cannot be used: ENOENT/)]);
    await writeFile(file, '{}');
    expect(await start()).toEqual([
      1,
      expect.stringMatching(/the keys of tokens cannot be used: expected a JSON Web Key/),
    ]);
    await writeFile(file, keySetText([key]));
    const { url } = await serve('--sandbox', ...WHOSE, '--jwt-jwks-file', file);
    expect((await reserve(url, 'ada', bearer(await signToken(key, { scope: SCOPE })))).status).toBe(200);
  });

  test('says what is missing, and exits with 2', async () => {
    const { code, err } = await runHere(['--sandbox', '--auth', 'jwt']);
    expect(code).toBe(2);
    for (const flag of ['--jwt-issuer', '--jwt-audience', '--jwt-algorithms', '--jwt-jwks-url']) {
      expect(err).toContain(`${flag}: expected `);
    }
  });
});

describe('doctor', () => {
  async function keysFinding(...args: readonly string[]): Promise<Finding | undefined> {
    const { out, err } = await runHere(['doctor', '--json', '--sandbox', '--port', '0', ...args]);
    expect(err).toBe('');
    const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
    return findings.find(({ check }) => check === 'authentication: keys of tokens');
  }

  test('reads the keys of tokens, where tokens are taken', async () => {
    const issuer = await startIssuer(key, await makeKey('rsa', 'RS256'));
    const place = ['--jwt-jwks-url', issuer.url];
    expect(await keysFinding(...WHOSE, ...place)).toEqual({
      check: 'authentication: keys of tokens',
      result: 'ok',
      found: `${issuer.url} has 2 keys, 1 of them for ES256`,
      remedy: null,
    });
    expect(await keysFinding(...WHOSE, '--jwt-algorithms', 'EdDSA', ...place)).toMatchObject({
      result: 'failed',
      found: `${issuer.url} has 2 keys, 0 of them for EdDSA`,
    });
    const away = await startIssuer(key);
    await away.leave();
    expect(await keysFinding(...WHOSE, '--jwt-jwks-url', away.url)).toMatchObject({
      result: 'failed',
      found: expect.stringContaining('ECONNREFUSED'),
      remedy: expect.stringContaining('--jwt-jwks-url'),
    });
    expect(await keysFinding()).toBe(undefined);
  });
});
