import type { Runtime } from '../ports/runtime.ts';
import { ESCALATE_AFTER_MS, SETTLEMENT_BACKOFF_MAX_MS, SETTLEMENT_BACKOFF_MS, SETTLEMENT_POLL_MS } from './limits.ts';

/** How patiently open payments are settled. All times in milliseconds. */
export interface SettlementOptions {
  /** Pause when nothing is due. Default 1 s. */
  readonly pollMs?: number;
  /** Age at which an open payment is given to a person. Default 1 h. */
  readonly escalateAfterMs?: number;
  /** Pause before the first repetition; doubles up to `backoffMaxMs`. Defaults 1 s and 5 min. */
  readonly backoffMs?: number;
  readonly backoffMaxMs?: number;
}

/** The options with their defaults, and what follows from them. */
export interface SettlementPolicy {
  readonly pollMs: number;
  readonly escalateAfterMs: number;
  /** When a payment that settlement took `attempts` times may be tried again; milliseconds since the epoch. */
  retryAt(attempts: number): number;
}

/**
 * Pauses double from attempt to attempt, and vary by a fifth so that what failed together does not return together.
 */
export function settlementPolicy(options: SettlementOptions, runtime: Runtime): SettlementPolicy {
  const backoffMs = options.backoffMs ?? SETTLEMENT_BACKOFF_MS;
  const backoffMaxMs = options.backoffMaxMs ?? SETTLEMENT_BACKOFF_MAX_MS;
  return {
    pollMs: options.pollMs ?? SETTLEMENT_POLL_MS,
    escalateAfterMs: options.escalateAfterMs ?? ESCALATE_AFTER_MS,
    retryAt(attempts) {
      const pauseMs = Math.min(backoffMaxMs, backoffMs * 2 ** attempts) * (0.8 + 0.4 * runtime.random());
      return runtime.clock.now() + Math.round(pauseMs);
    },
  };
}
