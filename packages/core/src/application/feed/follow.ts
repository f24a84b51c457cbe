import { isReservationError, ReservationError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import type { Observer } from '../../ports/observer.ts';
import { endOfLog } from '../operations/end-of-log.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import { FEED_FAULT_PAUSE_MAX_MS, FEED_FAULT_PAUSE_MS } from './limits.ts';
import { createFeedEventReader } from './read-feed-events.ts';
import { createCommitSignal } from './commit-signal.ts';

/** What following is done with. */
export interface FollowDeps {
  readonly events: EventStore;
  readonly clock: Clock;
  readonly observer: Observer;
  /** In whose name, for the observer; null for nobody's. */
  readonly subscription: string | null;
}

/** How far somebody has come in the log. */
export interface LogPlace {
  /** 0 before the first event. */
  readonly position: number;
  /** Of the event there; null when it is not known. */
  readonly id: string | null;
}

/** Where to begin, when to end, and how eagerly to look. */
export interface FollowRequest<Event> {
  readonly after: LogPlace;
  /** "end": with the last event that the log has when the following begins. Null: only with the signal. */
  readonly until: 'end' | null;
  /** What is handed over for an event; what it throws ends the following. */
  readonly accept: (event: FeedEvent | DamagedEvent) => Event;
  readonly signal: AbortSignal;
  readonly pageSize: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/**
 * Every event behind `after`, in order, without a gap, each once; then those that are committed, as they come. Ends when
 * the signal aborts, or with the event of `until`. Reads the next page when the one before was consumed. While the store is unavailable it waits;
 * every other fault is thrown. A log whose end was lost, so that it has not, or not any more, the last event that was
 * handed over, is damaged: what took the lost positions would otherwise be passed over.
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
      // A generator that waits for an event would otherwise return when one has come.
      ending.abort();
      return await events.return(undefined);
    },
  };
}

/** Ends also when `ending` aborts. What it attaches to others it takes away when it ends. */
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
  /** Then there may be more behind it. */
  readonly isFull: boolean;
}

/**
 * The page behind `last`, read in one query with the event at `last`, so that both are of the same log. An empty one
 * when the signal aborts.
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

/** A page, once the store can be read; an empty one when the signal aborts before that. */
async function readPatiently(
  deps: FollowDeps,
  range: { readonly after: number; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly RecordedEvent[]> {
  return (await patiently(deps, () => deps.events.readAll(range), signal)) ?? [];
}

/** What `read` finds, once the store can be read; null when the signal aborts before that. */
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

/** A store that leaves something out is damaged, and nobody may go on as if it were not. */
function assertNext({ position }: RecordedEvent, last: number): void {
  if (position === last + 1) return;
  throw new ReservationError('STORE_CORRUPT', `position ${last + 1} is missing: ${position} stands in its place`);
}

/** Whoever went on behind a lost end would miss whatever is, or will be, written in its place. */
function assertSame(found: RecordedEvent | undefined, { position, id }: LogPlace): void {
  if (found === undefined) throw endLost(`the log ends before position ${position}`);
  assertNext(found, position - 1);
  if (id !== null && found.id !== id) throw endLost(`position ${position} is another event than before`);
}

/** The position of the log's last event, which is not before `after`; of no meaning when the signal aborts. */
async function endBehind(deps: FollowDeps, after: LogPlace, signal: AbortSignal): Promise<number> {
  const end = (await patiently(deps, () => endOfLog(deps.events), signal)) ?? Infinity;
  if (end < after.position) throw endLost(`the log ends before position ${after.position}`);
  return end;
}

/** A log that had an event at `end`, and has nothing behind `last` any more, would keep its reader waiting for ever. */
function assertNotBehindEnd(last: LogPlace, end: number): void {
  if (end === Infinity || last.position >= end) return;
  throw endLost(`the log ends before position ${last.position + 1}, and reached to ${end}`);
}

function endLost(what: string): ReservationError {
  const why = 'restored from a backup, or failed over to a server that lacked it';
  return new ReservationError('STORE_CORRUPT', `${what}: its end was lost (${why})`);
}
