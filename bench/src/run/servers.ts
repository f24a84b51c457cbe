import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Place, ServerReport, Serving } from '../contenders/contender.ts';

/** A program that was started and listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.resolve('@reservations/server')));
const SELF_REPORT = new URL('self-report.mjs', import.meta.url).href;
const HEARD_MAX = 10_000;

/** A server of this project, on any free port. */
export async function startServer({ db, paymentPort }: Place): Promise<Serving> {
  const payment = ['--payment-host', '127.0.0.1', '--payment-port', `${paymentPort}`];
  return await startNode([PROGRAM, 'serve', '--port', '0', '--db', db, ...payment, '--log-level', 'warn']);
}

/** A sandbox payment service that takes so long for a charge. */
export async function startPayments(latencyMs: number): Promise<Listening> {
  return await start(process.execPath, [
    '--import',
    SELF_REPORT,
    PROGRAM,
    'sandbox',
    '--port',
    '0',
    '--latency-ms',
    `${latencyMs}`,
  ]);
}

/** A program of Node that serves HTTP and reports of itself. */
export async function startNode(args: readonly string[]): Promise<Serving> {
  const { url, pid, child, stop } = await start(process.execPath, ['--import', SELF_REPORT, ...args]);
  return {
    url,
    pids: [pid],
    async report() {
      const answer = once(child, 'message');
      child.send('report');
      return ((await answer) as [ServerReport])[0];
    },
    stop,
  };
}

/** Starts a program and waits until it says where it listens; `endBy` is the signal that ends it. */
export async function start(
  program: string,
  args: readonly string[],
  endBy: NodeJS.Signals = 'SIGTERM',
): Promise<Listening> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.channel?.unref();
  const port = await portOf(child);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(endBy);
      await exited;
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  let heard = '';
  return await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        heard += heard.length < HEARD_MAX ? text : '';
        const found = /127\.0\.0\.1:(\d+)/.exec(heard)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    }
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`a program ended before it listened:\n${heard}`)));
  });
}
