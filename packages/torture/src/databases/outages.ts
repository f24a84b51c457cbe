import type { AllowedExit } from '../processes/server-run.ts';

/** Keeps in mind when the database was away. */
export interface Outages {
  /** For servers that do not find it. */
  readonly allowedExit: AllowedExit;
  /** Does something during which it is away. */
  during(fault: () => Promise<void>): Promise<void>;
}

/** What a server says that cannot start. */
const NOT_FOUND = /PostgreSQL cannot be used now/;

/** A server that began a moment after the fault may still have been turned away by what was left of it. */
const AFTERMATH_MS = 1_000;

/** A database that was never away. */
export function createOutages(): Outages {
  let backAt = Number.NEGATIVE_INFINITY;
  let absences = 0;
  return {
    allowedExit: { words: NOT_FOUND, until: () => backAt },
    async during(fault) {
      absences += 1;
      backAt = Number.POSITIVE_INFINITY;
      try {
        await fault();
      } finally {
        absences -= 1;
        if (absences === 0) backAt = performance.now() + AFTERMATH_MS;
      }
    },
  };
}
