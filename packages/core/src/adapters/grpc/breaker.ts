import { CircuitState, type IBreaker } from 'cockatiel';

/** Threshold at which consecutive failures open the breaker. */
export interface LastingFailuresOptions {
  /** Consecutive failed attempts. */
  readonly failuresMax: number;
  /** Shortest time between the first and the last of them, in milliseconds. */
  readonly lastingMs: number;
}

/**
 * Opens after consecutive failures that span a minimum time. A count alone is not enough: with many concurrent calls,
 * errors return faster than successes, so that a service that fails one call in ten shows ten consecutive failures within
 * milliseconds.
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
