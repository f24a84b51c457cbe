import { join } from 'node:path';
import type { Counters } from '../evidence/counters.ts';
import { startChild } from './child.ts';
import type { AllowedExit } from './server-run.ts';

/** A further server on a database that allows one server. */
export interface SecondServer {
  /**
   * Starts it. The expected refusal is counted. If it starts because the first server has just ended, it is killed at
   * once. Any other end is an incident.
   */
  tryStart(): Promise<void>;
  /** Allows the exit of a server that started while the second one ran. */
  readonly allowedExit: AllowedExit;
}

const EXIT_CODE = 1;

/** The output of a server that is refused. */
const REFUSAL = /already being served/;

/** Builds a second server without starting it. `args` name the database. */
export function createSecondServer(folder: string, args: readonly string[], counters: Counters): SecondServer {
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    allowedExit: { output: REFUSAL, until: () => endedAt },
    async tryStart() {
      endedAt = Number.POSITIVE_INFINITY;
      const child = startChild({
        args: ['--port', '0', '--log-level', 'error', ...args],
        env: {},
        logPath: join(folder, 'second-server.log'),
      });
      const hasStarted = await child.listening;
      if (hasStarted) child.signal('SIGKILL');
      const { code } = await child.exited;
      endedAt = performance.now();
      if (hasStarted) return;
      if (code === EXIT_CODE && REFUSAL.test(child.tail())) counters.refusals += 1;
      else counters.incidents.push(`the second server ended with exit code ${code}:\n${child.tail()}`);
    },
  };
}
