import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '../support/pause.ts';

/** The end of a process: an exit code, or a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the server's program. */
export interface Child {
  /** Resolves to true once it listens; to false when it ended before. */
  readonly listening: Promise<boolean>;
  readonly exited: Promise<Exit>;
  /** Resolves to true once it has ended; to false after `ms` milliseconds. */
  endsWithin(ms: number): Promise<boolean>;
  /** The end of its standard output and standard error. */
  tail(): string;
  signal(signal: NodeJS.Signals): void;
}

/** Options of a process. */
export interface ChildOptions {
  /** Arguments of the server's program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
}

/** Node's arguments to run the server's program from source. */
const NODE_ARGS: readonly string[] = [
  '--conditions=@reservations/source',
  fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url)),
];

/** Compiled sources, kept across runs: a server that starts faster is killed more often. */
const COMPILE_CACHE = join(tmpdir(), 'reservations-torture-compile-cache');

const LISTENING = /^listening on /m;
const TAIL_CHARACTERS_MAX = 4_000;

/** Running processes. All are killed when this process exits. */
const running = new Set<{ kill(signal: NodeJS.Signals): void }>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the server's program from source, with an environment of its own. */
export function startChild(options: ChildOptions): Child {
  const child = spawn(process.execPath, [...NODE_ARGS, ...options.args], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const log = createWriteStream(options.logPath, { flags: 'a' });
  let tail = '';
  let heard = '';
  const { promise: listening, resolve: settleListening } = Promise.withResolvers<boolean>();
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    // "close", not "exit": by then all of its output has been read.
    child.once('close', (code, signal) => {
      running.delete(child);
      settleListening(false);
      log.end();
      resolve({ code, signal });
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      tail = (tail + text).slice(-TAIL_CHARACTERS_MAX);
      if (heard.length < TAIL_CHARACTERS_MAX) heard += text;
      if (LISTENING.test(heard)) settleListening(true);
    });
  }
  return {
    listening,
    exited,
    async endsWithin(ms) {
      const timeout = new AbortController();
      const hasEnded = await Promise.race([exited.then(() => true), pause(ms, timeout.signal).then(() => false)]);
      timeout.abort();
      return hasEnded;
    },
    tail: () => tail,
    signal: (signal) => void child.kill(signal),
  };
}

/** Fills the cache of compiled sources, which only a process that exits normally writes. */
export async function warmUp(folder: string): Promise<void> {
  await startChild({ args: ['--version'], env: {}, logPath: join(folder, 'warm-up.log') }).exited;
}
