import { join } from 'node:path';
import type { PaymentIdempotency } from '@reservations/core';
import { pause } from '../pause.ts';
import type { Tally } from '../tally.ts';
import { type Child, startChild } from './child.ts';
import { freePort } from './free-port.ts';

/** The payment service: a process with a ledger and a record of calls that outlive it. */
export interface Sandbox {
  readonly port: number;
  readonly ledgerPath: string;
  readonly callLogPath: string;
  /** Kills it, leaves servers without a payment service for `downMs` milliseconds, and starts it again. */
  kill(downMs: number, signal: AbortSignal): Promise<void>;
  /** Stops the process in its tracks: what arrives meanwhile is executed when it goes on. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Kills it for good, so that nothing but the files tells what happened. */
  close(): Promise<void>;
}

/** How long each charge takes: long enough for a crash to fall into it. */
const LATENCY_MS = 5;

/** Starts it, and resolves when it listens. */
export async function openSandbox(
  folder: string,
  idempotency: PaymentIdempotency,
  seed: number,
  tally: Tally,
): Promise<Sandbox> {
  const port = await freePort();
  const ledgerPath = join(folder, 'ledger.jsonl');
  const callLogPath = join(folder, 'calls.jsonl');
  const args = ['sandbox', '--port', `${port}`, '--ledger', ledgerPath, '--call-log', callLogPath];
  args.push('--latency-ms', `${LATENCY_MS}`, '--seed', `${seed}`);
  if (idempotency === 'none') args.push('--charge-every-call');
  let child = await start();

  async function start(): Promise<Child> {
    const started = startChild({ args, env: {}, logPath: join(folder, 'sandbox.log') });
    if (await started.listening) return started;
    throw new Error(`the payment service did not start:\n${started.tail()}`);
  }

  async function end(): Promise<void> {
    child.signal('SIGKILL');
    const { code } = await child.exited;
    if (code !== null) tally.incidents.push(`the payment service ended with exit code ${code}:\n${child.tail()}`);
  }

  return {
    port,
    ledgerPath,
    callLogPath,
    async kill(downMs, signal) {
      await end();
      await pause(downMs, signal);
      child = await start();
    },
    async pause(ms, signal) {
      child.signal('SIGSTOP');
      await pause(ms, signal);
      child.signal('SIGCONT');
    },
    close: end,
  };
}
