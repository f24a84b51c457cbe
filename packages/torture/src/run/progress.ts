import type { Journal } from '../workload/journal.ts';
import type { Counters } from '../evidence/counters.ts';

/** Prints a line of progress every few seconds. */
export interface Progress {
  /** Sets the fault or phase that is printed. */
  readonly setActivity: (what: string) => void;
  stop(): void;
}

const EVERY_MS = 5_000;

/** Starts at once. */
export function createProgress(options: {
  readonly journal: Journal;
  readonly counters: Counters;
  readonly print: (line: string) => void;
}): Progress {
  const { journal, counters, print } = options;
  const began = performance.now();
  let activity = 'start';
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    const kills = counters.kills + counters.failpointKills + counters.sandboxKills;
    print(`${String(seconds).padStart(5)} s  ${journal.exchanges.length} requests, ${kills} kills; now: ${activity}`);
  }, EVERY_MS);
  return {
    setActivity: (what) => (activity = what),
    stop: () => clearInterval(timer),
  };
}
