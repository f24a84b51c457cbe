import { isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED } from '../../domain/subscription-name.ts';
import { ReservationError } from '../../errors.ts';
import {
  CHECKPOINT_EVENTS_MAX,
  CHECKPOINT_MS,
  HANDLE_ATTEMPTS_MAX,
  HANDLE_PAUSE_MAX_MS,
  HANDLE_PAUSE_MS,
  SUBSCRIPTION_LEASE_MS,
} from './limits.ts';
import { checkWholeNumber, type PollOptions, pollPolicy } from './options.ts';

/** How a subscription reads, remembers and gives up. All times in whole milliseconds. */
export interface SubscriptionTuning extends PollOptions {
  /** How long the subscription belongs to a process that is not heard of, at least 100. Default 30 s. */
  readonly leaseMs?: number;
  /** The checkpoint is saved after so many events, or so long after one. Defaults 100 and 1 s. */
  readonly checkpointEvents?: number;
  readonly checkpointMs?: number;
  /** How often an event is handed to a handler that throws. Default 11, which takes nearly three minutes. */
  readonly attemptsMax?: number;
  /** Pause before it is handed over again; doubles up to `retryMaxMs`. Defaults 200 ms and 1 min. */
  readonly retryMs?: number;
  readonly retryMaxMs?: number;
  /**
   * What becomes of an event whose last attempt failed: "stop", the default, stands still until a person resumes the
   * subscription; "skip" goes on without it.
   */
  readonly onPoison?: 'stop' | 'skip';
}

/** The tuning with its defaults, and what follows from it. */
export interface SubscriptionPolicy extends Required<SubscriptionTuning> {
  /** Pause after the attempt of this number. */
  retryPauseMs(attempt: number): number;
}

/** Shorter leases would be lost to a pause of the garbage collector. */
const LEASE_MIN_MS = 100;

/** @throws {ReservationError} INVALID_OPTION, naming option, expectation and value. */
export function subscriptionPolicy(name: string, startAfter: number, tuning: SubscriptionTuning): SubscriptionPolicy {
  const {
    leaseMs = SUBSCRIPTION_LEASE_MS,
    checkpointEvents = CHECKPOINT_EVENTS_MAX,
    checkpointMs = CHECKPOINT_MS,
    attemptsMax = HANDLE_ATTEMPTS_MAX,
    retryMs = HANDLE_PAUSE_MS,
    retryMaxMs = Math.max(HANDLE_PAUSE_MAX_MS, retryMs),
    onPoison = 'stop',
  } = tuning;
  if (!isSubscriptionName(name)) throw invalid('name', SUBSCRIPTION_NAME_EXPECTED, name);
  if (onPoison !== 'stop' && onPoison !== 'skip') throw invalid('onPoison', '"stop" or "skip"', onPoison);
  checkWholeNumber('startAfter', startAfter, 0);
  checkWholeNumber('leaseMs', leaseMs, LEASE_MIN_MS);
  checkWholeNumber('checkpointEvents', checkpointEvents, 1);
  checkWholeNumber('checkpointMs', checkpointMs, 1);
  checkWholeNumber('attemptsMax', attemptsMax, 1);
  checkWholeNumber('retryMs', retryMs, 1);
  checkWholeNumber('retryMaxMs', retryMaxMs, retryMs);
  return {
    ...pollPolicy(tuning),
    leaseMs,
    checkpointEvents,
    checkpointMs,
    attemptsMax,
    retryMs,
    retryMaxMs,
    onPoison,
    retryPauseMs: (attempt) => Math.min(retryMs * 2 ** (attempt - 1), retryMaxMs),
  };
}

function invalid(option: string, expected: string, found: unknown): ReservationError {
  return new ReservationError('INVALID_OPTION', `${option}: expected ${expected}, found ${JSON.stringify(found)}`);
}
