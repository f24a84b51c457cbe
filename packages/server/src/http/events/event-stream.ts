import { isReservationError } from '@reservations/core';
import type { HubReader } from './event-hub.ts';
import { COMMENT, retryHint, type StreamEntry } from './event-text.ts';

/** Time without an event after which a comment is sent. */
const HEARTBEAT_MS = 15_000;

/** Time after which a client connects again: to another server, when this one stops. */
const RETRY_MS = 2_000;

/** The same when the events behind its position cannot be read: an operator has to act. */
const RETRY_AFTER_FAULT_MS = 30_000;

/** What one reader reads. */
export interface EventStreamRequest {
  /** Position behind which it begins. */
  readonly after: number;
  /** Reads the store for events behind a position: all that it has when the call begins. */
  readonly catchUp: (after: number, signal: AbortSignal) => AsyncIterable<StreamEntry>;
  /** Whether an event belongs to the stream; null when all do. */
  readonly includes: ((entry: StreamEntry) => boolean) | null;
  /** Called with a fault of the store, which ends the stream. */
  readonly onFault: (error: unknown) => void;
  readonly heartbeatMs?: number;
}

/**
 * Yields the text of an event stream: the events behind a position from the store, then those of the hub, each once and in
 * order. A reader that falls behind what the hub keeps reads the store again. Nothing is read or kept for a reader that does
 * not take the next text. Ends with a hint when to connect again.
 */
export async function* streamEvents(
  reader: HubReader,
  request: EventStreamRequest,
): AsyncGenerator<string | Buffer, undefined> {
  const { catchUp, heartbeatMs = HEARTBEAT_MS } = request;
  let { after } = request;
  let sentAtMs = performance.now();
  try {
    // Sends the head of the answer: the client knows that it is connected.
    yield COMMENT;
    while (!reader.signal.aborted) {
      const next = nextOf(reader, after, request.includes);
      if (next === null) {
        // The store has at least what the follower has seen.
        const reached = reader.reached();
        for await (const entry of catchUp(after, reader.signal)) {
          if (reader.signal.aborted) break;
          yield entry.text;
          after = entry.position;
          sentAtMs = performance.now();
        }
        if (!reader.signal.aborted) after = Math.max(after, reached);
        continue;
      }
      const isAtEnd = next.reached === after;
      after = next.reached;
      const idleMs = performance.now() - sentAtMs;
      if (next.text.length > 0 || idleMs >= heartbeatMs) {
        yield next.text.length > 0 ? next.text : COMMENT;
        sentAtMs = performance.now();
      } else if (isAtEnd) await reader.wait(heartbeatMs - idleMs);
    }
    yield retryHint(RETRY_MS);
  } catch (error) {
    // Too many reads are under way: the client resumes.
    const isOverloaded = isReservationError(error, 'OVERLOADED');
    if (!isOverloaded) request.onFault(error);
    yield retryHint(isOverloaded ? RETRY_MS : RETRY_AFTER_FAULT_MS);
  } finally {
    reader.leave();
  }
}

/** What comes next from the hub; null when it has to be read from the store. */
function nextOf(
  reader: HubReader,
  after: number,
  includes: EventStreamRequest['includes'],
): { readonly text: string | Buffer; readonly reached: number } | null {
  if (includes === null) {
    const found = reader.textBehind(after);
    return found === null ? null : { text: found.bytes, reached: found.reached };
  }
  const events = reader.behind(after);
  if (events === null) return null;
  const text = events.flatMap((entry) => (includes(entry) ? entry.text : [])).join('');
  return { text, reached: events.at(-1)?.position ?? after };
}
