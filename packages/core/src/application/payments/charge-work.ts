import { chargeIdOf } from '../../domain/charge-id.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { WorkName } from '../../ports/due-work.ts';

/** Names the due work of charging a reservation. */
export function chargeWork(reservationId: ReservationId): WorkName {
  return { kind: 'charge', id: chargeIdOf(reservationId) };
}
