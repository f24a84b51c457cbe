import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openSqliteStore } from '@reservations/core/sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('the tour makes one reservation of each kind and ends by itself, and leaves nothing behind', async () => {
  const args = ['--conditions=@reservations/source', main, '--exit', '--port', '0'];
  const temporary = await mkdtemp(join(tmpdir(), 'quickstart-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const env = { ...process.env, TMPDIR: temporary };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(await readdir(temporary)).toEqual([]);
  const answers = stdout
    .split('\n')
    .flatMap((line) => /^ {2}(?:POST|GET).*?(\d{3} +RESERVATION_\w+)/.exec(line)?.[1] ?? []);
  const ids = stdout.match(/RES-[0-9a-f-]{36}/g) ?? [];
  expect(new Set(ids).size).toBe(4);
  expect(answers.map((answer) => answer.replace(/ +/, ' '))).toEqual([
    '200 RESERVATION_CONFIRMED',
    '200 RESERVATION_FAILED',
    '202 RESERVATION_CREATED',
    '200 RESERVATION_CONFIRMED',
    '503 RESERVATION_FAILED',
  ]);
  const events = stdout.match(/(?:RESERVATION|PAYMENT)_\w+ +\w+=/g) ?? [];
  expect(events.map((event) => event.split(' ')[0])).toEqual([
    'RESERVATION_CREATED',
    'RESERVATION_CONFIRMED',
    'RESERVATION_CREATED',
    'RESERVATION_FAILED',
    'RESERVATION_CREATED',
    'PAYMENT_UNRESOLVED',
    'RESERVATION_CONFIRMED',
    'RESERVATION_CREATED',
    'RESERVATION_FAILED',
  ]);
});

test('a port that is taken is replaced by a free one', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const { port } = other.address() as AddressInfo;
  const args = ['--conditions=@reservations/source', main, '--exit', '--port', String(port)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  other.close();
  expect(stdout).toMatch(new RegExp(`^Port ${port} is taken`));
  expect(stdout).toMatch(/\nEverything was removed again/);
});

test('a Ctrl-C that arrives twice, as under npm, lets what is under way end', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'quickstart-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const args = ['--conditions=@reservations/source', main, '--port', '0'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  await vi.waitFor(() => expect(out).toContain('Serving until Ctrl-C.'), { timeout: 30_000 });
  const [, url = ''] = /^API +(\S+)$/m.exec(out) ?? [];
  // A charge without an answer, so that stopping takes a while.
  const answer = fetch(`${url}/reservations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user_id: 'user_timeout', amount: 1 }),
  }).then(
    ({ status }) => status,
    () => 'no answer',
  );
  const [, folder = ''] = /^Database, ledger +(\S+)$/m.exec(out) ?? [];
  const store = await openSqliteStore({ path: join(folder, 'reservations.db'), exclusive: false, schema: 'require' });
  onTestFinished(() => store.close());
  const charging = { by: { field: 'userId', value: 'user_timeout' }, order: 'asc', after: null, limit: 1 } as const;
  await vi.waitFor(async () => expect((await store.view.list(charging)).reservations).toHaveLength(1), 30_000);
  // The charge is sent a moment after the reservation is on disk.
  await setTimeout(300);
  child.kill('SIGINT');
  await setTimeout(30);
  child.kill('SIGINT');
  // 202, or 503 when it had not been sent even then.
  expect([await answer, await ended]).toEqual([expect.toBeOneOf([202, 503]), 0]);
}, 60_000);
