import { CircuitState, type IBreaker } from 'cockatiel';

/** When a row of failures opens the breaker. */
export interface LastingFailuresOptions {
  /** Failed attempts in a row. */
  readonly failuresMax: number;
  /** How long the row must have lasted. */
  readonly lastingMs: number;
}

/**
 * Opens after a row of failures that also lasted. A count alone is not enough: many calls are under way at a time and
 * errors come back faster than successes, so that a service that fails for one call in ten shows ten failures in a
 * row within milliseconds.
 */
export function createLastingFailuresBreaker({ failuresMax, lastingMs }: LastingFailuresOptions): IBreaker {
  let failures = 0;
  let since = 0;
  return {
    state: undefined,
    success() {
      failures = 0;
    },
    failure(state) {
      if (state === CircuitState.HalfOpen) return true;
      const now = performance.now();
      if (failures === 0) since = now;
      failures += 1;
      return failures >= failuresMax && now - since >= lastingMs;
    },
  };
}
