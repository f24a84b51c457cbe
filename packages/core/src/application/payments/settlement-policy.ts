import { ReservationError } from '../../errors.ts';
import type { QueuedPayment } from '../../ports/due-work.ts';
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

/** How patiently open payments are settled. All times in whole milliseconds. */
export interface SettlementOptions {
  /** Pause when nothing is due. Default 1 s. */
  readonly pollMs?: number;
  /** Age at which an open payment is given to a person when the service brings no verdict. Default 1 h. */
  readonly escalateAfterMs?: number;
  /** Age at which that happens also while the service cannot be reached. Default 24 h. */
  readonly escalateUnreachedAfterMs?: number;
  /** Pause before the first repetition; doubles up to `backoffMaxMs`. Defaults 1 s and 1 min. */
  readonly backoffMs?: number;
  readonly backoffMaxMs?: number;
}

/** The options with their defaults, and what follows from them. */
export interface SettlementPolicy {
  readonly pollMs: number;
  /** Whether a payment that gets no verdict this time, either, is given to a person. */
  giveUp(payment: QueuedPayment): GiveUp;
  /** When a payment that settlement took `attempts` times may be tried again; milliseconds since the epoch. */
  retryAt(attempts: number): number;
}

/**
 * Pauses double from attempt to attempt, and vary by a fifth so that what failed together does not return together.
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
  checkDurations({ pollMs, escalateAfterMs, escalateUnreachedAfterMs, backoffMs, backoffMaxMs });
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

function checkDurations(durations: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(durations)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    const found = JSON.stringify(value) ?? String(value);
    throw new ReservationError(
      'INVALID_OPTION',
      `settlement.${name}: expected whole milliseconds from 1, found ${found}`,
    );
  }
}
