import type { AllowedExit } from '../processes/server-run.ts';

/** Tracks when the database is unavailable. */
export interface Outages {
  /** Allows the exit of a server that cannot reach the database. */
  readonly allowedExit: AllowedExit;
  /** Performs a fault during which the database is unavailable. */
  during(fault: () => Promise<void>): Promise<void>;
}

/** The output of a server that cannot reach the database. */
const UNREACHABLE = /PostgreSQL cannot be used now/;

/** Time after an outage in which a server may still be refused. */
const AFTERMATH_MS = 1_000;

/** Tracks a database without an outage so far. */
export function createOutages(): Outages {
  let until = Number.NEGATIVE_INFINITY;
  let current = 0;
  return {
    allowedExit: { output: UNREACHABLE, until: () => until },
    async during(fault) {
      current += 1;
      until = Number.POSITIVE_INFINITY;
      try {
        await fault();
      } finally {
        current -= 1;
        if (current === 0) until = performance.now() + AFTERMATH_MS;
      }
    },
  };
}
