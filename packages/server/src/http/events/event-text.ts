import type { FeedEvent } from '@reservations/core';
import { toWireEvent } from './wire.ts';

/** An event as it is sent in a stream, encoded once for all of its readers. */
export interface StreamEntry {
  readonly position: number;
  /** Null for an event of a later release that belongs to no reservation. */
  readonly reservationId: string | null;
  /** The lines of the event stream format, with the empty line at the end. */
  readonly text: string;
}

/** Encodes an event of the log. */
export function encodeFeedEvent(feedEvent: FeedEvent): StreamEntry {
  const { reservationId } = feedEvent;
  const event = toWireEvent(feedEvent);
  const { position, type } = event;
  const data = JSON.stringify({ reservation_id: reservationId, ...event });
  // JSON has no line ends; the name of a type that a later release wrote could.
  const name = type.replaceAll(/[\r\n]/g, ' ');
  return { position, reservationId, text: `id: ${position}\nevent: ${name}\ndata: ${data}\n\n` };
}

/** A comment, which clients ignore: it begins a stream, and shows that the connection still works. */
export const COMMENT = ':\n\n';

/** Returns the hint after which time a client connects again. */
export function retryHint(retryMs: number): string {
  return `retry: ${retryMs}\n\n`;
}
