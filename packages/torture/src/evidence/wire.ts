import { type ReservationSummary, toMajorUnits } from '@reservations/core';

/** The body that an answer must have, from the HTTP contract and independent of the server's code. */
export function wireOf(summary: ReservationSummary): Readonly<Record<string, unknown>> {
  return {
    reservation_id: summary.reservationId,
    status: summary.status,
    transaction_id: summary.transactionId,
    message: summary.message,
    user_id: summary.userId,
    amount: toMajorUnits(summary),
    currency: summary.currency,
    reference: summary.reference,
    metadata: summary.metadata,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    version: summary.version,
  };
}
