import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CONTENDERS } from '../contenders/registry.ts';
import type { Measured, Task } from '../suites/suite.ts';

const OURS = fileURLToPath(new URL('contender-process.ts', import.meta.url));
const PEERS = fileURLToPath(new URL('../../peers/contender-process.mjs', import.meta.url));

const OUTPUT_MAX = 4_000;

/**
 * Performs a task in a process of its own; returns what it measured.
 * @throws {Error} with what the process wrote, when it fails, takes longer than `limitMs` or is stopped by the signal.
 */
export async function performInProcess(
  task: Task,
  limitMs: number,
  signal?: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Measured[]> {
  const program = CONTENDERS[task.contender].needs === 'peers' ? PEERS : OURS;
  const child = fork(program, [JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
    // A group of its own, so that what it started can be ended with it.
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const measured: Measured[] = [];
  let output = '';
  let isLate = false;
  child.on('message', (message) => measured.push(message as Measured));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_MAX);
    });
  }
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, limitMs);
  signal?.addEventListener('abort', kill, { once: true });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  signal?.removeEventListener('abort', kill);
  if (isLate) throw new Error(`${task.contender} did not end within ${limitMs} ms`);
  if (code !== 0) throw new Error(`${task.contender} ended with ${String(code)}:\n${output}`);
  return measured;
}
