import { parseReservationId, type ReservationId } from '@reservations/core';

/** Names the order that a cursor belongs to, so that a later order cannot be mistaken for it. */
const ORDER = 'created:';

/** Writes the cursor of the page behind a reservation. Clients do not look into it. */
export function writeCursor(last: ReservationId): string {
  return Buffer.from(ORDER + last).toString('base64url');
}

/** Reads a cursor; null for a text that is none. */
export function readCursor(text: string): ReservationId | null {
  const written = Buffer.from(text, 'base64url').toString();
  const id = written.startsWith(ORDER) ? parseReservationId(written.slice(ORDER.length)) : null;
  // The decoder passes over characters that belong to no cursor.
  return id !== null && writeCursor(id) === text ? id : null;
}
