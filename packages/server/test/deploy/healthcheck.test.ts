import { spawn } from 'node:child_process';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createEncryptedServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAuthority } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../../deploy/image/healthcheck.mjs', import.meta.url));

/** Answers 200 on the given path, and 503 on every other. */
const answerOn =
  (path: string): RequestListener =>
  (request, response) =>
    void response.writeHead(request.url === path ? 200 : 503).end();

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

/** Runs the check with nothing but these variables; resolves with its exit code and what it says. */
function check(env: Readonly<Record<string, string>>): Promise<readonly [number | null, string]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT], { env: { ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', reject);
    child.on('close', (code) => resolve([code, said.trim()]));
  });
}

test('a server that answers on /health/live is healthy, also where it listens on every interface', async () => {
  const plain = await listen(createPlainServer(answerOn('/health/live')));
  expect(
    await Promise.all([
      check({ PORT: plain }),
      check({ PORT: plain, RESERVATIONS_HOST: '0.0.0.0' }),
      check({ PORT: `tcp://10.96.12.7:${plain}`, RESERVATIONS_HOST: '127.0.0.1' }),
    ]),
  ).toEqual(Array.from({ length: 3 }, () => [0, '']));
});

test('a server that answers otherwise, or not, is not healthy, and the check says why', async () => {
  const port = await listen(createPlainServer(answerOn('/elsewhere')));
  const gone = createPlainServer();
  const free = await listen(gone);
  await new Promise((resolve) => void gone.close(resolve));
  expect(await Promise.all([check({ PORT: port }), check({ PORT: free })])).toEqual([
    [1, `127.0.0.1:${port}/health/live: answered 503`],
    [1, expect.stringContaining('ECONNREFUSED')],
  ]);
});

test('a server with a certificate for another name is asked over TLS', async () => {
  const { cert, key } = createAuthority('authority').issue({ names: ['reservations.example'] });
  const port = await listen(createEncryptedServer({ cert, key }, answerOn('/health/live')));
  expect(await check({ PORT: port, RESERVATIONS_TLS_CERT: '/tls/tls.crt' })).toEqual([0, '']);
  expect((await check({ PORT: port }))[0]).toBe(1);
});
