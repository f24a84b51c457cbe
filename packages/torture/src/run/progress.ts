import type { Journal } from '../workload/journal.ts';
import type { Tally } from '../evidence/counters.ts';

/** Tells every few seconds how a run goes on. */
export interface Progress {
  /** What is being done to the processes now. */
  readonly narrate: (what: string) => void;
  stop(): void;
}

const EVERY_MS = 5_000;

/** Begins at once. */
export function createProgress(options: {
  readonly journal: Journal;
  readonly tally: Tally;
  readonly print: (line: string) => void;
}): Progress {
  const { journal, tally, print } = options;
  const began = performance.now();
  let doing = 'start';
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    const kills = tally.kills + tally.failpointKills + tally.sandboxKills;
    print(`${String(seconds).padStart(5)} s  ${journal.exchanges.length} requests, ${kills} kills; now: ${doing}`);
  }, EVERY_MS);
  return {
    narrate: (what) => (doing = what),
    stop: () => clearInterval(timer),
  };
}
