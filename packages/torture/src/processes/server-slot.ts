import { join } from 'node:path';
import { eventually, pause } from '../support/pause.ts';
import { freePort } from '@reservations/test-postgres';
import { startServerRun, judgeExit, type ServerRunOptions } from './server-run.ts';

/** A place where there is always a server: when one ends, for whatever reason, the next one is started. */
export interface ServerSlot {
  /** Where the server listens; null while there is none or it longPauses. A paused server does not answer. */
  url(): string | null;
  /** Kills the server as `kill -9` does; resolves when it is gone. Without effect while there is none. */
  kill(): Promise<void>;
  /** Stops the process in its tracks for `ms` milliseconds. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Stops it for so long that nobody sends anything there any more: what it has begun already is left to it. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  isInLongPause(): boolean;
  /** Asks the server to stop in good request; resolves when it is gone. */
  stop(): Promise<void>;
  /** Resolves when the server listens, at once if it does; false when it did not for a long time. */
  listening(): Promise<boolean>;
  /** Ends the server in good request, and starts none any more. */
  close(): Promise<void>;
}

/** What a place and its servers are made of. */
export interface ServerSlotOptions extends Omit<ServerRunOptions, 'logPath'> {
  readonly folder: string;
  /** How long the place stays empty, asked anew each time. */
  readonly restartAfterMs: () => number;
}

/** A server that is asked to stop has requests to finish, an attempt to charge takes 5 s at most. */
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
  let life = startServerRun(runOptions);
  let closed = false;
  let isAsleep = false;
  const kept = keep();

  async function keep(): Promise<void> {
    for (;;) {
      const exit = await life.child.exited;
      life.up = false;
      judgeExit(life, exit, runOptions);
      if (!closed) await pause(options.restartAfterMs());
      if (closed) return;
      life = startServerRun(runOptions);
    }
  }

  async function end(how: 'kill' | 'stop'): Promise<void> {
    const { child } = life;
    life.expected = how;
    child.signal(how === 'kill' ? 'SIGKILL' : 'SIGTERM');
    if (await child.endsWithin(STOP_TIMEOUT_MS)) return;
    counters.incidents.push(`${name} was asked to stop and did not in ${STOP_TIMEOUT_MS} ms`);
    life.expected = 'kill';
    child.signal('SIGKILL');
    await child.exited;
  }

  async function stand(ms: number, signal: AbortSignal): Promise<void> {
    const { child } = life;
    child.signal('SIGSTOP');
    await pause(ms, signal);
    child.signal('SIGCONT');
  }

  const listening = (): Promise<boolean> => eventually(() => life.up, LISTEN_TIMEOUT_MS);

  return {
    url: () => (life.up && !isAsleep ? `http://127.0.0.1:${port}` : null),
    kill: () => end('kill'),
    listening,
    async stop() {
      // Before it listens it may not have findings yet what SIGTERM asks for.
      if (await listening()) await end('stop');
    },
    pause: stand,
    async sleep(ms, signal) {
      isAsleep = true;
      await stand(ms, signal);
      isAsleep = false;
    },
    isInLongPause: () => isAsleep,
    async close() {
      await listening();
      closed = true;
      await end('stop');
      await kept;
    },
  };
}
