import { type ListOrder, parseReservationId, type ReservationId } from '@reservations/core';

/** Names the order that a cursor belongs to, so that it cannot be mistaken for one of another order. */
const ORDERS: { readonly [Order in ListOrder]: string } = { asc: 'created:', desc: 'newest:' };

/** Writes the cursor of the page behind a reservation. Clients do not look into it. */
export function writeCursor(order: ListOrder, last: ReservationId): string {
  return Buffer.from(ORDERS[order] + last).toString('base64url');
}

/** Reads a cursor of an order; null for a text that is none. */
export function readCursor(order: ListOrder, text: string): ReservationId | null {
  const written = Buffer.from(text, 'base64url').toString();
  const name = ORDERS[order];
  const id = written.startsWith(name) ? parseReservationId(written.slice(name.length)) : null;
  // The decoder passes over characters that belong to no cursor.
  return id !== null && writeCursor(order, id) === text ? id : null;
}
