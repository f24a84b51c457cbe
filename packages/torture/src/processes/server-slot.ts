import { join } from 'node:path';
import { eventually, pause } from '../support/pause.ts';
import { freePort } from '@reservations/test-postgres';
import { recordExit, type ServerRunOptions, startServerRun } from './server-run.ts';

/** Keeps a server running: when one ends, for any reason, the next one is started on the same port. */
export interface ServerSlot {
  /** The server's URL; null while it is down or in a long pause. A server in a short pause does not answer. */
  url(): string | null;
  /** Kills the server with SIGKILL; resolves when it has ended. No effect while it is down. */
  kill(): Promise<void>;
  /** Pauses the process with SIGSTOP for `ms` milliseconds. Clients go on sending requests to it. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Pauses the process as {@link pause} does; meanwhile clients send no requests to it. */
  pauseLong(ms: number, signal: AbortSignal): Promise<void>;
  isInLongPause(): boolean;
  /** Stops the server gracefully with SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves to true once the server listens; to false when it did not within a time-out. */
  listening(): Promise<boolean>;
  /** Stops the server gracefully and starts no other one. */
  close(): Promise<void>;
}

/** Options of a slot and its servers. */
export interface ServerSlotOptions extends Omit<ServerRunOptions, 'logPath'> {
  readonly folder: string;
  /** Time from the end of a server to the start of the next one; called for each start. */
  readonly restartAfterMs: () => number;
}

/** Time-out of a graceful stop. A stopping server finishes its requests, with attempts of at most 5 s. */
const STOP_TIMEOUT_MS = 40_000;

const LISTEN_TIMEOUT_MS = 60_000;

/** Starts the first server at once. */
export async function openServerSlot(options: ServerSlotOptions): Promise<ServerSlot> {
  const { name, folder, counters } = options;
  const port = await freePort();
  const runOptions: ServerRunOptions = {
    ...options,
    args: ['--port', String(port), '--log-level', 'error', ...options.args],
    logPath: join(folder, `${name}.log`),
  };
  let run = startServerRun(runOptions);
  let closed = false;
  let longPause = false;
  const kept = keep();

  async function keep(): Promise<void> {
    for (;;) {
      const exit = await run.child.exited;
      run.up = false;
      recordExit(run, exit, runOptions);
      if (!closed) await pause(options.restartAfterMs());
      if (closed) return;
      run = startServerRun(runOptions);
    }
  }

  async function end(how: 'kill' | 'stop'): Promise<void> {
    const { child } = run;
    run.expected = how;
    child.signal(how === 'kill' ? 'SIGKILL' : 'SIGTERM');
    if (await child.endsWithin(STOP_TIMEOUT_MS)) return;
    counters.incidents.push(`${name} was asked to stop and did not in ${STOP_TIMEOUT_MS} ms`);
    run.expected = 'kill';
    child.signal('SIGKILL');
    await child.exited;
  }

  async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
    const { child } = run;
    child.signal('SIGSTOP');
    await pause(ms, signal);
    child.signal('SIGCONT');
  }

  const listening = (): Promise<boolean> => eventually(() => run.up, LISTEN_TIMEOUT_MS);

  return {
    url: () => (run.up && !longPause ? `http://127.0.0.1:${port}` : null),
    kill: () => end('kill'),
    listening,
    async stop() {
      // Before it listens it may not handle SIGTERM yet.
      if (await listening()) await end('stop');
    },
    pause: pauseFor,
    async pauseLong(ms, signal) {
      longPause = true;
      await pauseFor(ms, signal);
      longPause = false;
    },
    isInLongPause: () => longPause,
    async close() {
      await listening();
      closed = true;
      await end('stop');
      await kept;
    },
  };
}
