import { isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED } from '../../domain/subscription-name.ts';
import { checkOneOf, checkText, checkWholeNumber } from '../../options.ts';
import {
  CHECKPOINT_EVENTS_MAX,
  CHECKPOINT_MS,
  HANDLE_ATTEMPTS_MAX,
  HANDLE_PAUSE_MAX_MS,
  HANDLE_PAUSE_MS,
  SUBSCRIPTION_LEASE_MS,
} from './limits.ts';
import { type PollOptions, pollPolicy, type UnknownEventOptions, unknownEventPolicy } from './options.ts';

/** Lease, checkpoint and retries of a subscription. All times in whole milliseconds. */
export interface SubscriptionTuning extends PollOptions, UnknownEventOptions {
  /** Time after which the subscription of a silent process can be taken over, at least 100. Default 30 s. */
  readonly leaseMs?: number;
  /** The checkpoint is saved after this many events, or this long after one. Defaults 100 and 1 s. */
  readonly checkpointEvents?: number;
  readonly checkpointMs?: number;
  /** Attempts to handle one event. Default 11, which takes nearly three minutes. */
  readonly attemptsMax?: number;
  /** First pause before an event is delivered again; doubles up to `retryMaxMs`. Defaults 200 ms and 1 min. */
  readonly retryMs?: number;
  readonly retryMaxMs?: number;
  /**
   * What happens after the last failed attempt: "stop", the default, stops the subscription until an operator resumes it;
   * "skip" continues with the next event.
   */
  readonly onPoison?: 'stop' | 'skip';
}

/** The options with their defaults. */
export interface SubscriptionPolicy extends Required<SubscriptionTuning> {
  /** Pause after this attempt. */
  retryPauseMs(attempt: number): number;
}

/** A shorter lease could expire during a pause of the garbage collector. */
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
  checkText('name', name, isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED);
  checkOneOf('onPoison', onPoison, ['stop', 'skip']);
  checkWholeNumber('startAfter', startAfter, 0);
  checkWholeNumber('leaseMs', leaseMs, LEASE_MIN_MS);
  checkWholeNumber('checkpointEvents', checkpointEvents, 1);
  checkWholeNumber('checkpointMs', checkpointMs, 1);
  checkWholeNumber('attemptsMax', attemptsMax, 1);
  checkWholeNumber('retryMs', retryMs, 1);
  checkWholeNumber('retryMaxMs', retryMaxMs, retryMs);
  return {
    ...pollPolicy(tuning),
    ...unknownEventPolicy(tuning),
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
