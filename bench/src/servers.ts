import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the product that listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.resolve('@reservations/server')));

/** A server on any free port. */
export function startServer(db: string, paymentPort: number): Promise<Listening> {
  const payment = ['--payment-host', '127.0.0.1', '--payment-port', `${paymentPort}`];
  return start('serve', '--port', '0', '--db', db, ...payment, '--log-level', 'warn');
}

/** A sandbox payment service. */
export function startPayments(latencyMs: number): Promise<Listening> {
  return start('sandbox', '--port', '0', '--latency-ms', `${latencyMs}`);
}

async function start(...args: readonly string[]): Promise<Listening> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const port = await portOf(child);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Where it says that it listens. */
async function portOf(child: ChildProcess): Promise<number> {
  let heard = '';
  return await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        heard += heard.length < 10_000 ? text : '';
        const found = /127\.0\.0\.1:(\d+)/.exec(heard)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    }
    child.once('exit', () => reject(new Error(`a process ended before it listened:\n${heard}`)));
  });
}
