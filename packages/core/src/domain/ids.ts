/** Identifies a reservation, and is the idempotency key of its one charge: `RES-` and a UUIDv7. */
export type ReservationId = `RES-${string}`;

const RESERVATION_ID = /^RES-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Builds a reservation's id from a UUIDv7 in lower case; ids sort by their time of creation. */
export function reservationIdFrom(uuid: string): ReservationId {
  const id = parseReservationId(`RES-${uuid}`);
  if (id === null) throw new TypeError(`reservationIdFrom expects a UUIDv7 in lower case, got ${JSON.stringify(uuid)}`);
  return id;
}

/** Parses a reservation's id; null for any other text. */
export function parseReservationId(text: string): ReservationId | null {
  return RESERVATION_ID.test(text) ? (text as ReservationId) : null;
}
