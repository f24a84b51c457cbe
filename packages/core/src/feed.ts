import { systemRuntime } from './adapters/system/runtime.ts';
import { standardErrorAlarms } from './adapters/system/standard-error-alarms.ts';
import type { DamagedEvent, FeedEvent } from './application/feed/feed-event.ts';
import { follow } from './application/feed/follow.ts';
import { checkWholeNumber, type PollOptions, pollPolicy } from './application/feed/options.ts';
import {
  createSubscriptionWorker,
  type SubscriptionDeps,
  type SubscriptionWorker,
} from './application/feed/subscription.ts';
import { ReservationError } from './errors.ts';
import type { Observer } from './ports/observer.ts';
import type { ReservationStore } from './ports/reservation-store.ts';
import type { Runtime } from './ports/runtime.ts';

/** Where following begins, when it ends, and how eagerly it looks. */
export interface FollowOptions extends PollOptions {
  /** The position behind which to begin: the last one that was handled, which the log must have. Default 0, its start. */
  readonly after?: number;
  /**
   * "end": the iteration ends with the event that is the last one when it begins, at once when there is nothing behind
   * `after`. Default: it goes on with what is committed.
   */
  readonly until?: 'end';
  /** Ends the iteration. Default: only the consumer does. */
  readonly signal?: AbortSignal;
  /** Hears of faults that mend themselves. Default: they are passed over; what does not mend itself is thrown. */
  readonly observer?: Observer;
  /** This machine's own clock unless given. */
  readonly runtime?: Runtime;
}

/**
 * Every event of the store behind `after`, in order and without a gap, then (without `until`) those that are committed,
 * as they come. The next page is read when the one before was consumed. While the store is unavailable it waits. A log
 * that does not have the last event any more, or another one in its place, has lost its end: that is STORE_CORRUPT, as
 * is an event that no release can have written. An event of a later release has the kind "unknown".
 * @throws {ReservationError} INVALID_OPTION at once; while iterating STORE_CLOSED and STORE_CORRUPT
 */
export function followEvents(
  store: Pick<ReservationStore, 'events'>,
  options: FollowOptions = {},
): AsyncIterableIterator<FeedEvent> {
  const { after = 0, signal = new AbortController().signal, observer = () => undefined } = options;
  const { clock } = options.runtime ?? systemRuntime();
  checkWholeNumber('after', after, 0);
  const until = checkUntil(options.until);
  const deps = { events: store.events, clock, observer, subscription: null };
  const place = { position: after, id: null };
  return follow(deps, { ...pollPolicy(options), after: place, until, accept: throwDamage, signal });
}

function checkUntil(until: string | undefined): 'end' | null {
  if (until === undefined) return null;
  if (until === 'end') return until;
  throw new ReservationError('INVALID_OPTION', `until: expected "end", found ${JSON.stringify(until)}`);
}

function throwDamage(event: FeedEvent | DamagedEvent): FeedEvent {
  if (event.kind === 'damaged') throw event.error;
  return event;
}

/**
 * As {@link SubscriptionDeps}; clock and ids are this machine's own unless given. Without an observer each alarm is
 * written once to standard error.
 */
export type SubscriptionOptions = Omit<SubscriptionDeps, 'runtime'> & { readonly runtime?: Runtime };

/**
 * A named reader of the log whose checkpoint is kept in the store: at least once, in order, in one process at a time.
 * Call `start()`, and `stop()` before closing the store.
 * @throws {ReservationError} INVALID_OPTION
 */
export function createSubscription(options: SubscriptionOptions): SubscriptionWorker {
  const { runtime = systemRuntime(), observer = standardErrorAlarms() } = options;
  return createSubscriptionWorker({ ...options, runtime, observer });
}
