import { type ReservationSummary, toMajorUnits } from '@reservations/core';

/** What an answer must show of a reservation: the harness's own reading of the contract with clients. */
export function wireOf(summary: ReservationSummary): Readonly<Record<string, unknown>> {
  return {
    reservation_id: summary.reservationId,
    status: summary.status,
    transaction_id: summary.transactionId,
    message: summary.message,
    user_id: summary.userId,
    amount: toMajorUnits(summary),
    currency: summary.currency,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    version: summary.version,
  };
}
