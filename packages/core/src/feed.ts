import { systemRuntime } from './adapters/system/runtime.ts';
import { standardErrorAlarms } from './adapters/system/standard-error-alarms.ts';
import type { DamagedEvent, FeedEvent } from './application/feed/feed-event.ts';
import { follow } from './application/feed/follow.ts';
import {
  type PollOptions,
  pollPolicy,
  type UnknownEventOptions,
  unknownEventPolicy,
} from './application/feed/options.ts';
import {
  createSubscriptionWorker,
  type SubscriptionDeps,
  type SubscriptionWorker,
} from './application/feed/subscription.ts';
import { checkOneOf, checkWholeNumber } from './options.ts';
import { toObserver } from './ports/combine-observers.ts';
import type { Observers } from './ports/observer.ts';
import type { ReservationStore } from './ports/reservation-store.ts';
import type { Runtime } from './ports/runtime.ts';

/** Start, end and polling of {@link followEvents}. */
export interface FollowOptions extends PollOptions, UnknownEventOptions {
  /** Start position: reads behind it. It must be a position of the log. Default 0, its start. */
  readonly after?: number;
  /**
   * "end": iterates up to the event that is the last one at the start; ends at once when there is nothing behind `after`.
   * Default: continues with new events.
   */
  readonly until?: 'end';
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** Receives temporary faults. Default: they are ignored; permanent faults are thrown. */
  readonly observer?: Observers;
  /** Default: this machine's clock. */
  readonly runtime?: Runtime;
}

/**
 * Iterates over every event of the store behind `after`, in order and without a gap, then (without `until`) over new events
 * as they are committed. Reads the next page after the previous one was consumed. Waits while the store is unavailable. A
 * log that no longer has the last event, or has another one in its place, has lost its end: that is STORE_CORRUPT, as is an
 * event that no release can have written. An event of a later release has the kind "unknown", and can be passed over.
 * @throws {ReservationError} INVALID_OPTION at once; while iterating STORE_CLOSED and STORE_CORRUPT
 */
export function followEvents(
  store: Pick<ReservationStore, 'events'>,
  options: FollowOptions = {},
): AsyncIterableIterator<FeedEvent> {
  const { after = 0, signal = new AbortController().signal } = options;
  const { clock } = options.runtime ?? systemRuntime();
  checkWholeNumber('after', after, 0);
  const until = options.until === undefined ? null : checkOneOf('until', options.until, ['end']);
  const observer = toObserver(options.observer);
  const deps = { events: store.events, clock, observer, subscription: null };
  const place = { position: after, id: null };
  return follow(deps, {
    ...pollPolicy(options),
    ...unknownEventPolicy(options),
    after: place,
    until,
    accept: throwDamage,
    signal,
  });
}

function throwDamage(event: FeedEvent | DamagedEvent): FeedEvent {
  if (event.kind === 'damaged') throw event.error;
  return event;
}

/**
 * {@link SubscriptionDeps} with defaults: clock and ids of this machine, and an observer that writes each alarm once to
 * standard error.
 */
export type SubscriptionOptions = Omit<SubscriptionDeps, 'runtime'> & { readonly runtime?: Runtime };

/**
 * Creates a named reader of the log whose checkpoint is kept in the store: at least once, in order, in one process at a
 * time. Call `start()`, and `stop()` before closing the store.
 * @throws {ReservationError} INVALID_OPTION
 */
export function createSubscription(options: SubscriptionOptions): SubscriptionWorker {
  const { runtime = systemRuntime(), observer = standardErrorAlarms() } = options;
  return createSubscriptionWorker({ ...options, runtime, observer });
}
