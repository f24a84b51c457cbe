import { isReservationError, ReservationError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { Observer } from '../../ports/observer.ts';
import { FEED_FAULT_PAUSE_MAX_MS, FEED_FAULT_PAUSE_MS } from './limits.ts';
import { createWakeUp } from './wake-up.ts';

/** What following is done with. */
export interface FollowParts {
  readonly events: EventStore;
  readonly clock: Clock;
  readonly observer: Observer;
  /** In whose name, for the observer; null for nobody's. */
  readonly subscription: string | null;
}

/** Where to begin, when to end, and how eagerly to look. */
export interface FollowRequest {
  readonly after: number;
  readonly signal: AbortSignal;
  readonly pageSize: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/**
 * Every event behind `after`, in order, without a gap, each once; then those that are committed, as they come. Ends when
 * the signal aborts. Reads the next page when the one before was consumed. While the store is unavailable it waits;
 * every other fault is thrown.
 */
export function follow(parts: FollowParts, request: FollowRequest): AsyncIterableIterator<RecordedEvent> {
  const ending = new AbortController();
  const events = generate(parts, request, ending);
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
async function* generate(
  parts: FollowParts,
  request: FollowRequest,
  ending: AbortController,
): AsyncGenerator<RecordedEvent, undefined> {
  const { pageSize, pollMinMs, pollMaxMs } = request;
  const { signal } = ending;
  const end = (): void => ending.abort();
  if (request.signal.aborted) return;
  const wakeUp = createWakeUp(parts.events, parts.clock, signal);
  request.signal.addEventListener('abort', end);
  try {
    let last = request.after;
    let pauseMs = pollMinMs;
    while (!signal.aborted) {
      wakeUp.expect();
      const page = await readPatiently(parts, { after: last, limit: pageSize }, signal);
      for (const event of page) {
        if (signal.aborted) return;
        assertNext(event, last);
        last = event.position;
        yield event;
      }
      pauseMs = page.length > 0 ? pollMinMs : Math.min(2 * pauseMs, pollMaxMs);
      await wakeUp.sleep(page.length === pageSize ? 0 : pauseMs);
    }
  } finally {
    wakeUp.end();
    request.signal.removeEventListener('abort', end);
  }
}

/** A page, once the store can be read; an empty one when the signal aborts before that. */
async function readPatiently(
  { events, clock, observer, subscription }: FollowParts,
  range: { readonly after: number; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly RecordedEvent[]> {
  for (let pauseMs = FEED_FAULT_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, FEED_FAULT_PAUSE_MAX_MS)) {
    try {
      return await events.readAll(range);
    } catch (error) {
      if (!isReservationError(error, 'STORE_UNAVAILABLE')) throw error;
      if (signal.aborted) return [];
      observer({ kind: 'feed-fault', subscription, error });
    }
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return [];
  }
}

/** A store that leaves something out is damaged, and nobody may go on as if it were not. */
function assertNext({ position }: RecordedEvent, last: number): void {
  if (position === last + 1) return;
  throw new ReservationError('STORE_CORRUPT', `position ${last + 1} is missing: ${position} stands in its place`);
}
