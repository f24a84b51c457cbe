import type { Journal } from '../workload/journal.ts';
import type { Counters } from '../evidence/counters.ts';

/** Tells every few seconds how a run goes on. */
export interface Progress {
  /** What is being done to the processes now. */
  readonly setActivity: (what: string) => void;
  stop(): void;
}

const EVERY_MS = 5_000;

/** Begins at once. */
export function createProgress(options: {
  readonly journal: Journal;
  readonly counters: Counters;
  readonly print: (line: string) => void;
}): Progress {
  const { journal, counters, print } = options;
  const began = performance.now();
  let doing = 'start';
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    const kills = counters.kills + counters.failpointKills + counters.sandboxKills;
    print(`${String(seconds).padStart(5)} s  ${journal.exchanges.length} requests, ${kills} kills; now: ${doing}`);
  }, EVERY_MS);
  return {
    setActivity: (what) => (doing = what),
    stop: () => clearInterval(timer),
  };
}
