import { parseReservationId, type ReservationId } from './ids.ts';

/** Id of the money operation that charges a reservation: the reservation's own id, as a reservation is charged once. */
export function chargeIdOf(reservationId: ReservationId): string {
  return reservationId;
}

/** Returns the reservation that a charge belongs to; null for an id of no charge. */
export function reservationOfCharge(chargeId: string): ReservationId | null {
  return parseReservationId(chargeId);
}
