import { isReservationError, ReservationError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import type { Observer } from '../../ports/observer.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import { FEED_FAULT_PAUSE_MAX_MS, FEED_FAULT_PAUSE_MS } from './limits.ts';
import { createFeedEventReader } from './read-feed-events.ts';
import { createCommitSignal } from './commit-signal.ts';

/** Dependencies of {@link follow}. */
export interface FollowDeps {
  readonly events: EventStore;
  readonly clock: Clock;
  readonly observer: Observer;
  /** Name of the subscription in observations; null for a follower without one. */
  readonly subscription: string | null;
}

/** A place in the log. */
export interface LogPlace {
  /** 0 before the first event. */
  readonly position: number;
  /** Id of the event at the position; null when unknown. */
  readonly id: string | null;
}

/** Start, end and polling of a follower. */
export interface FollowRequest<Event> {
  readonly after: LogPlace;
  /** "end": stop after the last event that the log has at the start. Null: stop only with the signal. */
  readonly until: 'end' | null;
  /** Maps an event to what is yielded; an error that it throws ends the iteration. */
  readonly accept: (event: FeedEvent | DamagedEvent) => Event;
  /** Whether events of a later release are yielded or passed over. */
  readonly onUnknown: 'deliver' | 'skip';
  readonly signal: AbortSignal;
  readonly pageSize: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/**
 * Yields every event behind `after`, in order, without a gap, each once; then new events as they are committed. Ends
 * when the signal aborts, or with the event of `until`. Reads the next page after the previous one was consumed. Waits
 * while the store is unavailable; throws every other fault. A log that no longer has the last yielded event, or has
 * another one at its position, has lost its end and is damaged: the events in the lost positions would be missed.
 */
export function follow<Event>(deps: FollowDeps, request: FollowRequest<Event>): AsyncIterableIterator<Event> {
  const ending = new AbortController();
  const events = generate(deps, request, ending);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => events.next(),
    async return() {
      // Without this, a generator that waits for an event would return only after the next event.
      ending.abort();
      return await events.return(undefined);
    },
  };
}

/** The generator behind {@link follow}; also ends when `ending` aborts. Removes its listeners at the end. */
async function* generate<Event>(
  deps: FollowDeps,
  request: FollowRequest<Event>,
  ending: AbortController,
): AsyncGenerator<Event, undefined> {
  const { pageSize, pollMinMs, pollMaxMs } = request;
  const { signal } = ending;
  const abort = (): void => ending.abort();
  if (request.signal.aborted) return;
  const commitSignal = createCommitSignal(deps.events, deps.clock, signal);
  request.signal.addEventListener('abort', abort);
  try {
    const reader = createFeedEventReader(deps.events);
    let last: LogPlace = request.after;
    const end = request.until === null ? Infinity : await endBehind(deps, last, signal);
    let pauseMs = pollMinMs;
    while (!signal.aborted && last.position < end) {
      commitSignal.expect();
      const { page, isFull } = await readBehind(deps, last, pageSize, signal);
      if (page.length === 0 && !signal.aborted) assertNotBehindEnd(last, end);
      const wanted = page.slice(0, end - last.position);
      for (const event of (await patiently(deps, () => reader.read(wanted), signal)) ?? []) {
        if (signal.aborted) return;
        assertNext(event, last.position);
        last = event;
        if (event.kind === 'unknown' && request.onUnknown === 'skip') continue;
        yield request.accept(event);
      }
      if (last.position >= end) return;
      pauseMs = page.length > 0 ? pollMinMs : Math.min(2 * pauseMs, pollMaxMs);
      await commitSignal.sleep(isFull ? 0 : pauseMs);
    }
  } finally {
    commitSignal.end();
    request.signal.removeEventListener('abort', abort);
  }
}

interface NextPage {
  readonly page: readonly RecordedEvent[];
  /** True when more events may follow the page. */
  readonly isFull: boolean;
}

/**
 * The page behind `last`, read in one query together with the event at `last`, so that both come from the same log.
 * Empty when the signal aborts.
 */
async function readBehind(deps: FollowDeps, last: LogPlace, pageSize: number, signal: AbortSignal): Promise<NextPage> {
  if (last.position === 0) {
    const page = await readPatiently(deps, { after: 0, limit: pageSize }, signal);
    return { page, isFull: page.length === pageSize };
  }
  const limit = Math.min(pageSize + 1, READ_LIMIT_MAX);
  const [found, ...page] = await readPatiently(deps, { after: last.position - 1, limit }, signal);
  if (signal.aborted) return { page: [], isFull: false };
  assertSame(found, last);
  return { page, isFull: page.length === limit - 1 };
}

/** Reads a page, waiting until the store is available; empty when the signal aborts first. */
async function readPatiently(
  deps: FollowDeps,
  range: { readonly after: number; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly RecordedEvent[]> {
  return (await patiently(deps, () => deps.events.readAll(range), signal)) ?? [];
}

/** Runs `read`, repeating it while the store is unavailable; null when the signal aborts first. */
async function patiently<Found>(
  { clock, observer, subscription }: FollowDeps,
  read: () => Promise<Found>,
  signal: AbortSignal,
): Promise<Found | null> {
  for (let pauseMs = FEED_FAULT_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, FEED_FAULT_PAUSE_MAX_MS)) {
    try {
      return await read();
    } catch (error) {
      if (!isReservationError(error, 'STORE_UNAVAILABLE')) throw error;
      if (signal.aborted) return null;
      observer({ kind: 'feed-fault', subscription, error });
    }
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return null;
  }
}

/** A gap means a damaged store: following must not continue behind it. */
function assertNext({ position }: RecordedEvent, last: number): void {
  if (position === last + 1) return;
  throw new ReservationError('STORE_CORRUPT', `position ${last + 1} is missing: ${position} stands in its place`);
}

/** A reader that continued behind a lost end would miss the events written into the lost positions. */
function assertSame(found: RecordedEvent | undefined, { position, id }: LogPlace): void {
  if (found === undefined) throw endLost(`the log ends before position ${position}`);
  assertNext(found, position - 1);
  if (id !== null && found.id !== id) throw endLost(`position ${position} is another event than before`);
}

/** Position of the last event of the log, at least `after`; meaningless when the signal aborts. */
async function endBehind(deps: FollowDeps, after: LogPlace, signal: AbortSignal): Promise<number> {
  const end = (await patiently(deps, () => deps.events.lastPosition(), signal)) ?? Infinity;
  if (end < after.position) throw endLost(`the log ends before position ${after.position}`);
  return end;
}

/** A log that had an event at `end` and now has none behind `last` would keep its reader waiting forever. */
function assertNotBehindEnd(last: LogPlace, end: number): void {
  if (end === Infinity || last.position >= end) return;
  throw endLost(`the log ends before position ${last.position + 1}, and reached to ${end}`);
}

function endLost(what: string): ReservationError {
  const why = 'restored from a backup, or failed over to a server that lacked it';
  return new ReservationError('STORE_CORRUPT', `${what}: its end was lost (${why})`);
}
