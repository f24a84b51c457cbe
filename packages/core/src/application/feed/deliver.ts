import type { Clock } from '../../ports/clock.ts';
import type { Observer } from '../../ports/observer.ts';
import { firstCharacters } from '../../domain/text-length.ts';
import { STOP_REASON_LENGTH_MAX } from '../../ports/subscriptions.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import type { SubscriptionPolicy } from './subscription-policy.ts';

/**
 * Handles one event; it counts as handled when this resolves. The signal aborts when the event may be somebody else's
 * by now, or the process cannot wait any longer.
 */
export type EventHandler = (event: FeedEvent, options: { readonly signal: AbortSignal }) => void | Promise<void>;

/** What became of an event. */
export type Delivery =
  | { readonly kind: 'handled' }
  /** The handler threw each time. */
  | { readonly kind: 'poisonous'; readonly reason: string }
  /** The process is stopping, or lost the subscription. */
  | { readonly kind: 'interrupted' };

/** What an event is delivered with. */
export interface DeliveryDeps {
  readonly handle: EventHandler;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly name: string;
  readonly policy: SubscriptionPolicy;
  /** Asked before each attempt: false when somebody else may be handling the event by now. */
  readonly isCertain: () => Promise<boolean>;
  /** The handler's. */
  readonly signal: AbortSignal;
  /** Aborts when nothing more is to be tried. */
  readonly ended: AbortSignal;
}

/**
 * Hands the event over until it is handled, at most as often as the policy says. A damaged event counts as one that the
 * handler cannot handle.
 */
export async function deliver(deps: DeliveryDeps, event: FeedEvent | DamagedEvent): Promise<Delivery> {
  const { handle, clock, observer, name, policy, isCertain, signal, ended } = deps;
  for (let attempt = 1; ; attempt += 1) {
    // Also before a further attempt: a process can sleep through its lease in the pause before it.
    if (!(await isCertain()) || ended.aborted) return { kind: 'interrupted' };
    try {
      if (event.kind === 'damaged') throw event.error;
      await handle(event, { signal });
      return { kind: 'handled' };
    } catch (error) {
      // What a handler throws that was told to give up says nothing about the event.
      if (signal.aborted) return { kind: 'interrupted' };
      if (attempt >= policy.attemptsMax) return { kind: 'poisonous', reason: reasonOf(error) };
      observer({ kind: 'subscription-retry', subscription: name, position: event.position, attempt, error });
    }
    await clock.sleep(policy.retryPauseMs(attempt), ended);
  }
}

function reasonOf(error: unknown): string {
  try {
    return firstCharacters(String(error), STOP_REASON_LENGTH_MAX).toWellFormed();
  } catch {
    // An object without a prototype, for one. The event is no less poisonous for it.
    return `the handler threw a value of type ${typeof error} that has no text`;
  }
}
