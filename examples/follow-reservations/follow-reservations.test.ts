import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '@reservations/core/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Mail } from './mailbox.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Exit code or signal of a run. */
async function run(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--conditions=@reservations/source', main, ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as readonly unknown[];
  return signal ?? code;
}

test('every order gets one mail, in the order of the log, however often the process is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reservations-follow-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await run(folder, '--die-after', '3')).toBe('SIGKILL');
  expect(await run(folder, '--die-after', '11')).toBe('SIGKILL');
  expect(await run(folder)).toBe(0);

  const lines = (await readFile(join(folder, 'mails.jsonl'), 'utf8')).trim().split('\n');
  const mails = lines.map((line) => JSON.parse(line) as Mail);
  const store = await openSqliteStore({ path: join(folder, 'reservations.db') });
  const log = await store.events.readAll({ after: 0, limit: 1_000 });
  const [subscription] = await store.subscriptions.list({ limit: 1 });
  await store.close();
  const confirmed = log.filter(({ type }) => type === 'RESERVATION_CONFIRMED').map(({ position }) => position);
  expect(mails.map(({ position }) => position)).toEqual(confirmed);
  expect(new Set(mails.map(({ to }) => to)).size).toBe(20);
  expect(subscription).toMatchObject({ name: 'confirmations', position: log.length, owner: null, stopped: null });
});
