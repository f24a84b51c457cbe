import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { runCli } from './run.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The program in a process of its own. */
export interface Run {
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the match as soon as standard output has it. */
  untilOut(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves with the address where a server says, on standard error, that it listens. */
  untilListening(): Promise<string>;
}

/** Starts the program; it is killed when the test is over. */
export function run(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--conditions=@reservations/source', MAIN, ...args], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const until = (pattern: RegExp, stream: Readable, said: () => string): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(said());
        if (match !== null) resolve(match);
      };
      stream.on('data', look);
      child.on('close', () => reject(new Error(`ended without ${String(pattern)}: ${out}${err}`)));
      look();
    });
  return {
    out: () => out,
    err: () => err,
    ended,
    kill: (signal) => void child.kill(signal),
    untilOut: (pattern) => until(pattern, child.stdout, () => out),
    untilListening: async () => (await until(/^listening on (http:\/\/\S+)$/m, child.stderr, () => err))[1] ?? '',
  };
}

/** Starts a server on a free port, and waits until it listens. */
export async function serve(...args: readonly string[]): Promise<Run & { readonly url: string }> {
  const server = run(['--port', '0', ...args]);
  return { ...server, url: await server.untilListening() };
}

/** A path in a new folder that is removed when the test is over. */
export async function temporaryFile(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reservations-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** Reserves 10.50 EUR. */
export async function reserve(url: string, user_id: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${url}/reservations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ user_id, amount: 10.5 }),
  });
}

/** The program in this process. */
export async function runHere(
  args: readonly string[],
  env: Record<string, string> = {},
  terminalColumns?: number,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env,
    printed: () => Promise.resolve(),
    outputLost: new AbortController().signal,
    terminalColumns: () => terminalColumns,
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    stopSignal: () => new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
