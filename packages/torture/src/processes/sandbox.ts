import { join } from 'node:path';
import type { PaymentIdempotency } from '@reservations/core/ports';
import { pause } from '../support/pause.ts';
import type { Counters } from '../evidence/counters.ts';
import { type Child, startChild } from './child.ts';
import { freePort } from '@reservations/test-postgres';

/** The payment service: a process with a ledger and a call log that outlive it. Its faults are performed in turn. */
export interface Sandbox {
  readonly port: number;
  readonly ledgerPath: string;
  readonly callLogPath: string;
  /** Kills it with SIGKILL and starts it again after `downMs` milliseconds. */
  kill(downMs: number, signal: AbortSignal): Promise<void>;
  /** Pauses it with SIGSTOP: calls that arrive meanwhile are executed when it resumes. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves when no fault is in progress. */
  idle(): Promise<void>;
  /** Kills it. Its files remain. */
  close(): Promise<void>;
}

/** Duration of each charge: long enough for a crash to happen in it. */
const LATENCY_MS = 5;

/** Starts it. Resolves when it listens. */
export async function openSandbox(
  folder: string,
  idempotency: PaymentIdempotency,
  seed: number,
  counters: Counters,
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
    if (code !== null) counters.incidents.push(`the payment service ended with exit code ${code}:\n${child.tail()}`);
  }

  let last: Promise<void> = Promise.resolve();
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    port,
    ledgerPath,
    callLogPath,
    kill: (downMs, signal) =>
      inTurn(async () => {
        await end();
        await pause(downMs, signal);
        child = await start();
      }),
    pause: (ms, signal) =>
      inTurn(async () => {
        child.signal('SIGSTOP');
        await pause(ms, signal);
        child.signal('SIGCONT');
      }),
    idle: () => last,
    close: () => inTurn(end),
  };
}
