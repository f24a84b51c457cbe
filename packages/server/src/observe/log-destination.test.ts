import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFile } from '../cli/cli-fixture.ts';
import { LOG_PENDING_BYTES_MAX } from './log-destination.ts';
import { createFifo } from './output/test-fifo.ts';

const CHILD = fileURLToPath(new URL('output/test-log-child.ts', import.meta.url));
const NODE = [process.execPath, '--conditions=@reservations/source', CHILD];

/** Starts a process that logs this many lines to the descriptor, and one more at a message. */
async function logLines(
  lines: number,
  output: number,
  [command = '', ...args]: readonly string[],
): Promise<ChildProcess> {
  const child = spawn(command, [...args, String(lines)], { stdio: ['ignore', output, 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

interface Line {
  readonly number?: number;
  readonly kind?: string;
}

function parseLines(text: string): readonly Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function told(lines: number): object {
  return {
    level: 'warn',
    time: expect.any(String) as unknown,
    kind: 'log-lines-lost',
    lines,
    msg: `${lines} log lines were lost: standard output could not be written, or its reader was too slow`,
  };
}

test('a reader that stands still costs bounded memory; what was lost is told once, when it reads again', async () => {
  const lines = 60_000;
  const fifo = createFifo();
  const child = await logLines(lines - 1, fifo.writer, NODE);
  child.send('more');
  let log = '';
  await vi.waitFor(
    () => {
      log += fifo.read();
      expect(child.exitCode).toBe(0);
    },
    { timeout: 25_000, interval: 1 },
  );
  log += fifo.read();
  // What waits in memory, in the FIFO, and one chunk between the two.
  expect(log.length).toBeLessThan(LOG_PENDING_BYTES_MAX + 256 * 1_024);
  const written = parseLines(log);
  const numbers = written.flatMap(({ number }) => number ?? []);
  expect(numbers).toEqual([...numbers.keys()]);
  expect(written.filter(({ kind }) => kind === 'log-lines-lost')).toEqual([told(lines - numbers.length)]);
});

test('a line that a full disk cut off is ended before the next one, and counted', async () => {
  const path = await temporaryFile('log');
  const file = openSync(path, 'a');
  onTestFinished(() => closeSync(file));
  // A file that may not grow beyond some kilobytes stands for a disk: a write ends in the middle of a line.
  const child = await logLines(20, file, ['/bin/sh', '-c', 'ulimit -f 7 && exec "$@"', 'sh', ...NODE]);
  await once(child, 'message');
  expect(readFileSync(path, 'utf8')).toMatch(/[^\n]$/);
  const before = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  truncateSync(path);
  child.send('more');
  await once(child, 'exit');
  const after = readFileSync(path, 'utf8');
  expect(after.startsWith('\n{')).toBe(true);
  expect(parseLines(before.join('\n')).map(({ number }) => number)).toEqual([...before.keys()]);
  expect(parseLines(after)).toMatchObject([{ number: 20 }, told(20 - before.length)]);
});

test('what was logged is written when the process exits at once', async () => {
  const path = await temporaryFile('log');
  const file = openSync(path, 'a');
  const fifo = createFifo();
  onTestFinished(() => closeSync(file));
  const program = `const { createLogger } = await import(${JSON.stringify(new URL('log.ts', import.meta.url).href)});
    const logger = createLogger('info');
    for (let number = 0; number < 20; number += 1) logger.info({ number });
    process.exit(3);`;
  const args = ['--conditions=@reservations/source', '--input-type=module', '--eval', program];
  for (const output of [file, fifo.writer]) {
    const child = spawn(process.execPath, args, { stdio: ['ignore', output, 'inherit'] });
    expect(await once(child, 'exit')).toEqual([3, null]);
  }
  for (const text of [readFileSync(path, 'utf8'), fifo.read()]) {
    const numbers = parseLines(text).map(({ number }) => number);
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual([...Array.from({ length: 20 }).keys()]);
  }
});
