import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { SnippetProject } from './snippet-project.ts';
import type { Treatment } from './typescript-snippets.ts';

/** The file that makes what a program that serves takes for given, and tells the test what happens to it. */
export const GIVEN_PARTS = `
import { createReservations } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { createScriptedGateway } from '@reservations/core/testing';

const memory = createMemoryStore();
export const store: typeof memory = { ...memory, async close() { tell('store closed'); await memory.close(); } };
const scripted = createScriptedGateway();
scripted.script(async ({ userId, reservationId }) => {
  if (userId === 'held') {
    const ended = new Promise((resolve) => process.once('message', resolve));
    tell('charging');
    await ended;
  }
  return { kind: 'approved', transactionId: 'TXN-' + reservationId, message: 'approved' };
});
export const gateway: typeof scripted = { ...scripted, async close() { tell('gateway closed'); await scripted.close(); } };
export const reservations = createReservations({ store, gateway });

function tell(what: string): void {
  process.send?.(what);
}
`;

/** Loaded before a program: tells the test where it listens. */
export const TELL_ADDRESS = `
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
  this.once('listening', () => process.send(this.address()));
  return listen.apply(this, given);
};
`;

/** A program that serves the API, in a process of its own. */
export interface ServedProgram {
  /** Where it listens, without a slash at its end. */
  readonly origin: string;
  /** What happened to its parts, in order. */
  readonly told: readonly string[];
  /** Resolves when a charge that is held has begun. */
  readonly charging: Promise<unknown>;
  /** Ends that charge. */
  endCharge(): void;
  /** Sends SIGTERM; resolves with the exit code or the signal, and what the program wrote to standard error. */
  terminate(): Promise<{ readonly end: unknown; readonly stderr: string }>;
}

/** Puts what a program takes for given before it, on one line. */
export function servedProgramOf(text: string, { given, as }: Extract<Treatment, { readonly kind: 'serve' }>): string {
  const names = `{ ${given.join(', ')} }`;
  const setUp =
    as === 'commonjs' ? `const ${names} = require('./given-parts.ts');` : `import ${names} from './given-parts.ts';`;
  return `${setUp}\n${text}`;
}

/** Starts a file of a project on a free port, as a reader does with the variable PORT. Ends with the test. */
export async function startServed(project: SnippetProject, file: string): Promise<ServedProgram> {
  const args = ['--conditions=@reservations/source', '--disable-warning=ExperimentalWarning'];
  const child: ChildProcess = spawn(process.execPath, [...args, '--import', './tell-address.mjs', file], {
    cwd: project.folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const told: string[] = [];
  const charging = Promise.withResolvers<unknown>();
  const listening = Promise.withResolvers<number>();
  child.on('message', (message: string | { readonly port: number }) => {
    if (typeof message !== 'string') listening.resolve(message.port);
    else if (message === 'charging') charging.resolve(null);
    else told.push(message);
  });
  void ended.then(() => listening.reject(new Error(`${file} ended before it listened: ${stderr}`)));
  return {
    origin: `http://127.0.0.1:${await listening.promise}`,
    told,
    charging: charging.promise,
    endCharge: () => void child.send('end'),
    async terminate() {
      child.kill('SIGTERM');
      const [code, signal] = (await ended) as readonly unknown[];
      return { end: code ?? signal, stderr };
    },
  };
}
