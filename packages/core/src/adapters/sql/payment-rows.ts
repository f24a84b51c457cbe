import type { ReservationId } from '../../domain/ids.ts';
import type { QueuedPayment } from '../../ports/due-work.ts';
import type { PaymentQueueTable } from './tables.ts';

/** Reads a row of the payment queue. */
export function fromPaymentRow(row: PaymentQueueTable): QueuedPayment {
  return {
    reservationId: row.reservation_id as ReservationId,
    openedAt: row.opened_at,
    attempts: row.attempts,
    dueAt: row.due_at,
    owner: row.owner,
    lastOutcome: row.last_outcome,
  };
}
