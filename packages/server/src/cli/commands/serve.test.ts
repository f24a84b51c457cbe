import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseRaw, sendRaw } from '../../http/service-fixture.ts';
import { reserve, serve, temporaryFile } from '../cli-fixture.ts';

test('the settings of HTTP reach the server', async () => {
  const settings = [
    '--base-path',
    '/booking',
    '--cors-origins',
    'https://shop.example',
    '--keep-alive-timeout',
    '75000',
  ];
  const server = await serve('--sandbox', '--db', ':memory:', ...settings);
  const answer = await reserve(`${server.url}/booking`, 'ada', { Origin: 'https://shop.example' });
  expect([answer.status, Object.fromEntries(answer.headers)]).toMatchObject([
    200,
    {
      location: expect.stringMatching(/^\/booking\/reservations\/RES-/),
      'access-control-allow-origin': 'https://shop.example',
      'keep-alive': 'timeout=75',
    },
  ]);
  const raw = await sendRaw(Number(new URL(server.url).port), 'GET / HTTP/9.9\r\n\r\n');
  expect(raw).toMatch(/^Vary: Origin\r$/m);
  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
});

test('the ledger holds the charges of the requests that were answered, and of no request behind an end', async () => {
  const ledger = await temporaryFile('ledger.jsonl');
  const server = await serve('--sandbox', '--db', ':memory:', '--sandbox-ledger', ledger, '--body-limit', '100');
  const post = (user: string, ...headers: readonly string[]): string => {
    const body = JSON.stringify({ user_id: user, amount: 1 });
    const head = ['POST /reservations HTTP/1.1', 'Host: x', `Content-Length: ${body.length}`, ...headers];
    return `${head.join('\r\n')}\r\n\r\n${body}`;
  };
  const port = Number(new URL(server.url).port);
  const firsts = [
    post('x'.repeat(100)),
    post('expects', 'Expect: magic'),
    post('hostless').replace('Host: x\r\n', ''),
    post('closes', 'Connection: close'),
    post('old').replace('HTTP/1.1', 'HTTP/1.0'),
  ];
  const answers = await Promise.all(firsts.map((first) => sendRaw(port, first + post('behind') + post('behind'))));
  expect(answers.map((raw) => parseRaw(raw).status)).toEqual([413, 417, 400, 200, 200]);
  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  const lines = (await readFile(ledger, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { user_id: string }).user_id).sort()).toEqual(['closes', 'old']);
});
