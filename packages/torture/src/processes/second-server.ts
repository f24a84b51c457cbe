import { join } from 'node:path';
import type { Counters } from '../evidence/counters.ts';
import { startChild } from './child.ts';
import type { AllowedExit } from './server-run.ts';

/** One server more than a database stands. */
export interface SecondServer {
  /**
   * Starts it, and sees it refused: counted in the counters. When, at that moment, there is room because a server has
   * just died, it is killed at once. Anything else is an incident.
   */
  intrude(): Promise<void>;
  /** A server that began before the last one was gone may have found no room. */
  readonly allowedExit: AllowedExit;
}

const EXIT_CODE = 1;

/** What a server says that finds no room. */
const REFUSAL = /already being served/;

/** `args` put it on the database. */
export function createSecondServer(folder: string, args: readonly string[], counters: Counters): SecondServer {
  let goneAt = Number.NEGATIVE_INFINITY;
  return {
    allowedExit: { words: REFUSAL, until: () => goneAt },
    async intrude() {
      goneAt = Number.POSITIVE_INFINITY;
      const child = startChild({
        args: ['--port', '0', '--log-level', 'error', ...args],
        env: {},
        logPath: join(folder, 'secondServer.log'),
      });
      const gotIn = await child.listening;
      if (gotIn) child.signal('SIGKILL');
      const { code } = await child.exited;
      goneAt = performance.now();
      if (gotIn) return;
      if (code === EXIT_CODE && REFUSAL.test(child.tail())) counters.refusals += 1;
      else counters.incidents.push(`one server too many ended with exit code ${code}:\n${child.tail()}`);
    },
  };
}
