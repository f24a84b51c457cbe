import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '../support/pause.ts';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the product. */
export interface Child {
  /** True once it said that it listens; false when it ended before. */
  readonly listening: Promise<boolean>;
  readonly exited: Promise<Exit>;
  /** True once it ended; false when `ms` milliseconds passed before. */
  endsWithin(ms: number): Promise<boolean>;
  /** Its last lines, of standard output and standard error. */
  tail(): string;
  signal(signal: NodeJS.Signals): void;
}

/** What to start, and where its output is kept. */
export interface ChildOptions {
  /** Arguments of the server's program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
}

/** Arguments by which this program's Node runs the server's program from source. */
const NODE_ARGS: readonly string[] = [
  '--conditions=@reservations/source',
  fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url)),
];

/** Compiled sources, kept from run to run: a server that starts in half the time is killed twice as often. */
const COMPILE_CACHE = join(tmpdir(), 'reservations-torture-compile-cache');

const LISTENING = /^listening on /m;
const TAIL_CHARACTERS_MAX = 4_000;

/** Everything that runs; none of it may outlive this process. */
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
    // "close", not "exit": by then all that it said has been read.
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
      const patience = new AbortController();
      const gone = await Promise.race([exited.then(() => true), pause(ms, patience.signal).then(() => false)]);
      patience.abort();
      return gone;
    },
    tail: () => tail,
    signal: (signal) => void child.kill(signal),
  };
}

/** Fills the cache of compiled sources, which only a program that ends by itself writes. */
export async function warmUp(folder: string): Promise<void> {
  await startChild({ args: ['--version'], env: {}, logPath: join(folder, 'warm-up.log') }).exited;
}
