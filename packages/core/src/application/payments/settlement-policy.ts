import { checkWholeNumber } from '../../options.ts';
import type { WorkItem } from '../../ports/due-work.ts';
import type { Runtime } from '../../ports/runtime.ts';
import type { GiveUp } from './charge-reservation.ts';
import {
  ESCALATE_AFTER_MS,
  ESCALATE_ATTEMPTS_MIN,
  ESCALATE_UNREACHED_AFTER_MS,
  SETTLEMENT_BACKOFF_MAX_MS,
  SETTLEMENT_BACKOFF_MS,
  SETTLEMENT_POLL_MS,
} from './limits.ts';

/** Timing of settlement. All times in whole milliseconds. */
export interface SettlementOptions {
  /** Pause when nothing is due. Default 1 s. */
  readonly pollMs?: number;
  /** Age at which an open payment is escalated when the service brings no verdict. Default 1 h. */
  readonly escalateAfterMs?: number;
  /** Age at which it is escalated also while the service cannot be reached. Default 24 h. */
  readonly escalateUnreachedAfterMs?: number;
  /** First pause before a repetition; doubles up to `backoffMaxMs`. Defaults 1 s and 1 min. */
  readonly backoffMs?: number;
  readonly backoffMaxMs?: number;
}

/** The options with their defaults. */
export interface SettlementPolicy {
  readonly pollMs: number;
  /** Whether a payment without a verdict after this attempt is escalated. */
  giveUp(charge: WorkItem): GiveUp;
  /** Time of the next attempt after settlement took a payment `attempts` times; milliseconds since the epoch. */
  retryAt(attempts: number): number;
}

/**
 * Pauses double with each attempt and vary by a fifth, so that payments that failed together are not repeated together.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function settlementPolicy(options: SettlementOptions, runtime: Runtime): SettlementPolicy {
  const {
    pollMs = SETTLEMENT_POLL_MS,
    escalateAfterMs = ESCALATE_AFTER_MS,
    escalateUnreachedAfterMs = Math.max(ESCALATE_UNREACHED_AFTER_MS, escalateAfterMs),
    backoffMs = SETTLEMENT_BACKOFF_MS,
    backoffMaxMs = Math.max(SETTLEMENT_BACKOFF_MAX_MS, backoffMs),
  } = options;
  const durations = { pollMs, escalateAfterMs, escalateUnreachedAfterMs, backoffMs, backoffMaxMs };
  for (const [name, value] of Object.entries(durations)) checkWholeNumber(`settlement.${name}`, value, 1);
  return {
    pollMs,
    giveUp({ openedAt, attempts }) {
      const ageMs = runtime.clock.now() - openedAt;
      if (ageMs < escalateAfterMs || attempts <= ESCALATE_ATTEMPTS_MIN) return 'never';
      return ageMs < escalateUnreachedAfterMs ? 'if-reached' : 'always';
    },
    retryAt(attempts) {
      const pauseMs = Math.min(backoffMaxMs, backoffMs * 2 ** attempts) * (0.8 + 0.4 * runtime.random());
      return runtime.clock.now() + Math.round(pauseMs);
    },
  };
}
