import type { WireStreamedEvent } from '../http/events/wire.ts';
import { isTransientStatus, membersOf } from './answer.ts';
import { ReservationsApiError } from './errors.ts';
import type { Settings } from './options.ts';
import { startRetries } from './retries.ts';
import { createStreamParser } from './sse.ts';
import { ConnectionLostError, streamText } from './stream.ts';
import { pause } from './timer.ts';

/** Which events are read. */
export interface EventsOptions {
  /** Position behind which they begin; 0: with the first. Default: with those that are committed from now on. */
  readonly after?: number;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** Pause before a new connection, until the service says another. */
const RETRY_MS = 2_000;

const FOREVER = { attempts: Number.POSITIVE_INFINITY, totalMs: Number.POSITIVE_INFINITY };

/** Reads events for ever, over one connection after the other, each event once and in order. */
export async function* readEvents(
  settings: Settings,
  { after, signal }: EventsOptions,
): AsyncGenerator<WireStreamedEvent, undefined> {
  let position = after ?? null;
  let retryMs = RETRY_MS;
  let retries = startRetries(FOREVER);
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    let retryAfterMs: number | null = null;
    try {
      const path = position === null ? '/events' : (`/events?after=${position}` as const);
      const parse = createStreamParser();
      for await (const piece of streamText(settings, path, signal)) {
        for (const message of parse(piece)) {
          retryMs = message.retryMs ?? retryMs;
          const event = eventOf(message.data);
          if (event === null) continue;
          retries = startRetries(FOREVER);
          position = event.position;
          yield event;
        }
      }
    } catch (error) {
      if (isOver()) return;
      if (!isInterruption(error)) throw error;
      retryAfterMs = error instanceof ReservationsApiError ? error.retryAfterMs : null;
    }
    const pauseMs = retries.next(Math.max(retryMs, retryAfterMs ?? 0)) ?? retryMs;
    await pause(pauseMs, signal).catch(() => undefined);
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof ReservationsApiError ? isTransientStatus(error.status) : error instanceof ConnectionLostError;
}

function eventOf(data: string | null): WireStreamedEvent | null {
  const value: unknown = data === null ? null : JSON.parse(data);
  return typeof membersOf(value)['position'] === 'number' ? (value as WireStreamedEvent) : null;
}
