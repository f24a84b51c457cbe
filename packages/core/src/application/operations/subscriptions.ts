import { isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED } from '../../domain/subscription-name.ts';
import { checkText, checkWholeNumber } from '../../options.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type ResumeResult, type Subscription, SUBSCRIPTIONS_LIMIT_MAX } from '../../ports/subscriptions.ts';
import { type CallerOptions, callerOf } from '../caller.ts';

/** A subscription, and the number of events that it has not handled. */
export interface SubscriptionProgress extends Subscription {
  readonly behind: number;
}

/** Every subscription, ordered by name, and the log that they read. */
export interface SubscriptionList {
  readonly subscriptions: readonly SubscriptionProgress[];
  /** How many are stopped until an operator resumes them. */
  readonly stopped: number;
  /** The last position of the log. */
  readonly end: number;
}

/** Lists every subscription. @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE */
export async function listSubscriptions(
  store: ReservationStore,
  options: CallerOptions = {},
): Promise<SubscriptionList> {
  callerOf(options);
  const found = await store.subscriptions.list({ limit: SUBSCRIPTIONS_LIMIT_MAX });
  // Read after the checkpoints, so that none of them is behind this end.
  const end = await store.events.lastPosition();
  const subscriptions = found.map((subscription) => ({
    ...subscription,
    behind: Math.max(0, end - subscription.position),
  }));
  return { subscriptions, stopped: found.filter(({ stopped }) => stopped !== null).length, end };
}

/** Options of {@link resumeSubscription}. */
export interface ResumeSubscriptionOptions extends CallerOptions {
  /**
   * Position of the event to leave out: the one at which the subscription stopped, so that no other event is left out by
   * mistake. Default: the event is handed over again.
   */
  readonly skip?: number;
}

/**
 * Makes a stopped subscription available again; see {@link ResumeResult}.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export async function resumeSubscription(
  store: ReservationStore,
  name: string,
  options: ResumeSubscriptionOptions = {},
): Promise<ResumeResult> {
  callerOf(options);
  checkText('name', name, isSubscriptionName, SUBSCRIPTION_NAME_EXPECTED);
  const skip = options.skip === undefined ? null : checkWholeNumber('skip', options.skip, 1);
  return await store.subscriptions.resume({ name, skip });
}
