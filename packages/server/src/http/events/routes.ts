import {
  type CallerOptions,
  type FeedEvent,
  followEvents,
  type Reservations,
  type ReservationStore,
} from '@reservations/core';
import type { Logger } from 'pino';
import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { PROBLEMS } from '../problems/problems.ts';
import { findReservation, readerOf } from '../reservations/find-reservation.ts';
import { answerStream, type SharedByStreams } from './answer-stream.ts';
import type { EventStreamRequest } from './event-stream.ts';
import { encodeFeedEvent, type StreamEntry } from './event-text.ts';
import { behindEnd, prefersStream, readAfter, takesStream } from './stream-request.ts';
import { toWireEvent } from './wire.ts';

/** Events that a reader of a stream reads from the store at a time. */
const PAGE_SIZE = 100;

/** Options of the routes of events. */
export interface EventRoutesOptions extends SharedByStreams {
  readonly reservations: Pick<Reservations, 'get' | 'history'>;
  readonly store: Pick<ReservationStore, 'events'>;
  readonly logger?: Logger | undefined;
}

/** `GET /events`. */
export function getEvents(options: EventRoutesOptions): (ctx: AppContext) => Promise<void> {
  const { store, logger } = options;

  async function* catchUp(after: number, signal: AbortSignal): AsyncGenerator<StreamEntry> {
    const events = followEvents(store, { after, until: 'end', signal, pageSize: PAGE_SIZE });
    for await (const event of events) yield encodeFeedEvent(event);
  }

  return async (ctx) => {
    if (!takesStream(ctx)) {
      answerProblem(ctx, { code: 'not_acceptable', detail: PROBLEMS.not_acceptable.title });
      return;
    }
    const place = await readPlace(ctx, store);
    if (place === null) return;
    const { after, end } = place;
    const request = { after: after ?? end, catchUp, includes: null, onFault: logFault(logger) };
    answerStream(ctx, options, end, request);
  };
}

/** `GET /reservations/{reservation_id}/events`, in either form. */
export function getHistory(options: EventRoutesOptions): (ctx: AppContext, id: string) => Promise<void> {
  const { reservations, store, logger } = options;

  /** The events of a reservation behind a position. One that was found does not vanish. */
  async function read(id: string, after: number, reader: CallerOptions): Promise<readonly FeedEvent[]> {
    const events = (await reservations.history(id, reader)) ?? [];
    return events.filter(({ position }) => position > after);
  }

  function streamOf(reservationId: string, after: number, reader: CallerOptions): EventStreamRequest {
    return {
      after,
      includes: (entry) => entry.reservationId === reservationId,
      onFault: logFault(logger),
      async *catchUp(behind) {
        for (const event of await read(reservationId, behind, reader)) yield encodeFeedEvent(event);
      },
    };
  }

  return async (ctx, id) => {
    const summary = await findReservation(ctx, reservations, id);
    if (summary === null) return;
    const { reservationId } = summary;
    const reader = readerOf(ctx);
    ctx.vary('Accept');
    const place = await readPlace(ctx, store);
    if (place === null) return;
    const { after, end } = place;
    if (prefersStream(ctx)) {
      answerStream(ctx, options, end, streamOf(reservationId, after ?? 0, reader));
      return;
    }
    ctx.set('Cache-Control', 'private, no-cache');
    const events = await read(reservationId, after ?? 0, reader);
    answerJson(ctx, 200, { reservation_id: reservationId, events: events.map(toWireEvent) });
  };
}

/** Returns where a client reads on, and the end of the log; null when it was answered that it names no such place. */
async function readPlace(
  ctx: AppContext,
  { events }: Pick<ReservationStore, 'events'>,
): Promise<{ readonly after: number | null; readonly end: number } | null> {
  const read = readAfter(ctx);
  if (!read.ok) {
    answerProblem(ctx, { code: 'validation_failed', detail: read.entries });
    return null;
  }
  const end = await events.lastPosition();
  if ((read.after ?? 0) <= end) return { after: read.after, end };
  answerProblem(ctx, { code: 'validation_failed', detail: [behindEnd(ctx, end)] });
  return null;
}

function logFault(logger: Logger | undefined): (error: unknown) => void {
  return (error) => logger?.error({ kind: 'event-stream-fault', err: error }, 'a stream of events ends with a fault');
}
