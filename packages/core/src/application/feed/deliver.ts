import type { Clock } from '../../ports/clock.ts';
import type { Observer } from '../../ports/observer.ts';
import { displayText } from '../../domain/display-text.ts';
import { firstCharacters } from '../../domain/text-length.ts';
import { STOP_REASON_LENGTH_MAX } from '../../ports/subscriptions.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import type { SubscriptionPolicy } from './subscription-policy.ts';

/**
 * Handles one event, which counts as handled when the call resolves. The signal aborts when another process may handle
 * the event, or when the drain time of this process is over.
 */
export type EventHandler = (event: FeedEvent, options: { readonly signal: AbortSignal }) => void | Promise<void>;

/** Result of delivering an event. */
export type Delivery =
  | { readonly kind: 'handled' }
  /** The handler threw in every attempt. */
  | { readonly kind: 'poisonous'; readonly reason: string }
  /** The process is stopping, or lost the subscription. */
  | { readonly kind: 'interrupted' };

/** Dependencies of {@link deliver}. */
export interface DeliveryDeps {
  readonly handle: EventHandler;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly name: string;
  readonly policy: SubscriptionPolicy;
  /** Called before each attempt: false when another process may be handling the event. */
  readonly isCertain: () => Promise<boolean>;
  /** Passed to the handler. */
  readonly signal: AbortSignal;
  /** Aborts when no further attempt may be made. */
  readonly ended: AbortSignal;
}

/**
 * Calls the handler until it succeeds, at most as often as the policy allows. A damaged event counts as one that the
 * handler cannot handle.
 */
export async function deliver(deps: DeliveryDeps, event: FeedEvent | DamagedEvent): Promise<Delivery> {
  const { handle, clock, observer, name, policy, isCertain, signal, ended } = deps;
  for (let attempt = 1; ; attempt += 1) {
    // Checked before every attempt: the lease may have expired during the pause.
    if (!(await isCertain()) || ended.aborted) return { kind: 'interrupted' };
    try {
      if (event.kind === 'damaged') throw event.error;
      await handle(event, { signal });
      return { kind: 'handled' };
    } catch (error) {
      // An error after the abort says nothing about the event.
      if (signal.aborted) return { kind: 'interrupted' };
      if (attempt >= policy.attemptsMax) return { kind: 'poisonous', reason: reasonOf(error) };
      observer({ kind: 'subscription-retry', subscription: name, position: event.position, attempt, error });
    }
    await clock.sleep(policy.retryPauseMs(attempt), ended);
  }
}

function reasonOf(error: unknown): string {
  try {
    return displayText(firstCharacters(String(error), STOP_REASON_LENGTH_MAX));
  } catch {
    // For example an object without a prototype. The event is poisonous all the same.
    return `the handler threw a value of type ${typeof error} that has no text`;
  }
}
