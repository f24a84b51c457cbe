import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createFifo } from '../../observe/output/test-fifo.ts';
import { reserve, runHere } from '../cli-fixture.ts';
import { createDatabaseFixture } from '../database-fixture.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const SERVE = ['--sandbox', '--port', '0', '--log-level', 'debug'] as const;

interface Started {
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the program with descriptors of ours as its output. */
function start(
  args: readonly string[],
  { out, err, env = {} }: { readonly out: number; readonly err: number; readonly env?: Record<string, string> },
): Started {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@reservations/source', MAIN, ...args], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
    stdio: ['ignore', out, err],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string | null);
  return { ended, kill: (signal) => void child.kill(signal) };
}

/** A file to write to and to look into; everything is closed and removed when the test is over. */
function createFile(): { readonly descriptor: number; text(): string } {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-output-'));
  const descriptor = openDescriptor(join(folder, 'output'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { descriptor, text: () => readFileSync(join(folder, 'output'), 'utf8') };
}

function openDescriptor(path: string): number {
  const descriptor = openSync(path, 'a');
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

function fullDisk(): number {
  return openDescriptor('/dev/full');
}

function goneReader(): number {
  const fifo = createFifo();
  fifo.endReader();
  return fifo.writer;
}

function standingReader(): number {
  const fifo = createFifo();
  fifo.fill();
  return fifo.writer;
}

const UNWRITABLE = [
  ['a full disk', fullDisk],
  ['a reader that is gone', goneReader],
  ['a reader that stands still', standingReader],
] as const;

async function matchIn(text: () => string, pattern: RegExp): Promise<string> {
  const match = await vi.waitFor(() => {
    const found = pattern.exec(text())?.[1];
    if (found === undefined) throw new Error(`no ${String(pattern)} yet in: ${text()}`);
    return found;
  }, 25_000);
  return match;
}

/** The server answers, and ends by SIGTERM with exit code 0. */
async function expectService(server: Started, url: string): Promise<void> {
  for (let count = 0; count < 50; count += 1) expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await reserve(url, 'user_123')).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
}

describe('a server goes on serving, and ends by SIGTERM with exit code 0,', () => {
  test.each(UNWRITABLE)('when its log goes to %s', async (_, open) => {
    const err = createFile();
    const server = start(SERVE, { out: open(), err: err.descriptor });
    await expectService(server, await matchIn(err.text, /^listening on (\S+)$/m));
  });

  test.each(UNWRITABLE)('when its standard error goes to %s, from the start', async (_, open) => {
    const out = createFile();
    const server = start(SERVE, { out: out.descriptor, err: open() });
    await expectService(server, await matchIn(out.text, /"url":"([^"]+)","msg":"listening"/));
  });

  test('when the reader of its log ends, and another comes: lost lines are counted in what that one reads', async () => {
    const err = createFile();
    const fifo = createFifo();
    const server = start(SERVE, { out: fifo.writer, err: err.descriptor });
    const url = await matchIn(err.text, /^listening on (\S+)$/m);
    fifo.endReader();
    for (let count = 0; count < 10; count += 1) await fetch(`${url}/health/ready`);
    fifo.startReader();
    await fetch(`${url}/health/ready`);
    // One line about listening, one for each request: read or lost.
    let log = '';
    await vi.waitFor(() => {
      log += fifo.read();
      const lines = log
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const told = lines.filter(({ kind }) => kind === 'log-lines-lost').map(({ lines }) => Number(lines));
      expect([told.length, lines.length - 1 + (told[0] ?? 0)]).toEqual([1, 12]);
      expect(told[0]).toBeGreaterThan(1);
    }, 25_000);
    await expectService(server, url);
  });
});

test.each(UNWRITABLE)('what nothing catches ends the process with 1, also when its log goes to %s', async (_, open) => {
  const err = createFile();
  const thrower = "process.once('SIGUSR2', () => { throw new Error('planted'); })";
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(thrower)}`;
  const server = start(SERVE, { out: open(), err: err.descriptor, env: { NODE_OPTIONS } });
  await matchIn(err.text, /^listening on (\S+)$/m);
  server.kill('SIGUSR2');
  expect(await server.ended).toBe(1);
});

describe('a command', () => {
  test('ends quietly and with its own code when its reader has ended, as head does', async () => {
    const err = createFile();
    expect(await start(['--help'], { out: goneReader(), err: err.descriptor }).ended).toBe(0);
    expect(err.text()).toBe('');
    expect(await start(['--nonsense'], { out: goneReader(), err: goneReader() }).ended).toBe(2);
  });

  test('has failed when its result cannot be written, and says so', async () => {
    const err = createFile();
    expect(await start(['--version'], { out: fullDisk(), err: err.descriptor }).ended).toBe(1);
    expect(err.text()).toMatch(/^reservations-server: cannot write to standard output: ENOSPC: .*\n$/);
  });

  test('says so in JSON when it was asked for JSON', async () => {
    const { path } = await createDatabaseFixture();
    const err = createFile();
    const { ended } = start(['verify', '--json', '--db', path], { out: fullDisk(), err: err.descriptor });
    expect([await ended, JSON.parse(err.text())]).toMatchObject([1, { error: { code: 'output_not_written' } }]);
    expect(await start(['--version'], { out: fullDisk(), err: fullDisk() }).ended).toBe(1);
    expect(await start(['--nonsense'], { out: fullDisk(), err: fullDisk() }).ended).toBe(2);
  });

  test('waits for a slow reader until that has everything', async () => {
    const err = createFile();
    const fifo = createFifo();
    fifo.fill();
    const help = start(['--help'], { out: fifo.writer, err: err.descriptor });
    let isOver = false;
    void help.ended.then(() => (isOver = true));
    let text = '';
    await vi.waitFor(
      () => {
        text += fifo.read();
        expect(isOver).toBe(true);
      },
      { timeout: 25_000, interval: 20 },
    );
    expect([await help.ended, text + fifo.read()]).toEqual([0, `${(await runHere(['--help'])).out}\n`]);
  });

  test('is ended by a signal while it waits for a reader that stands still', async () => {
    const err = createFile();
    const help = start(['--help'], { out: standingReader(), err: err.descriptor });
    const early = await Promise.race([help.ended, new Promise((resolve) => setTimeout(resolve, 3_000, 'waits'))]);
    expect(early).toBe('waits');
    help.kill('SIGTERM');
    expect(await help.ended).toBe('SIGTERM');
  });
});
