import { type ReservationSummary, toMajorUnits } from '@reservations/core';

/** A reservation as clients see it. */
export interface WireReservation {
  readonly reservation_id: string;
  readonly status: string;
  /** Set when the status is RESERVATION_CONFIRMED, and only then. */
  readonly transaction_id: string | null;
  /** For display. */
  readonly message: string;
  readonly user_id: string;
  /** Major units, exact to the last digit. */
  readonly amount: number;
  readonly currency: string;
  /** RFC 3339, UTC. */
  readonly created_at: string;
  /** RFC 3339, UTC. */
  readonly updated_at: string;
  /** Grows with every change. */
  readonly version: number;
}

/** Shapes a reservation for the wire. */
export function toWire(summary: ReservationSummary): WireReservation {
  return {
    reservation_id: summary.reservationId,
    status: summary.status,
    // A charge that was found for a reservation that is not confirmed is not shown: an operator decides what becomes of it.
    transaction_id: summary.status === 'RESERVATION_CONFIRMED' ? summary.transactionId : null,
    message: summary.message,
    user_id: summary.userId,
    amount: toMajorUnits(summary),
    currency: summary.currency,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    version: summary.version,
  };
}

/**
 * How a POST answers for a reservation: "done" (confirmed or declined), "pending" (the outcome is unknown) or
 * "unavailable" (the payment service was not reached, or, for old clients, its answer is unknown).
 */
export function answerKind(summary: ReservationSummary): 'done' | 'pending' | 'unavailable' {
  switch (summary.status) {
    case 'RESERVATION_CONFIRMED':
      return 'done';
    case 'RESERVATION_CREATED':
      return 'pending';
    case 'RESERVATION_FAILED':
      return summary.stage === 'failed' && summary.failureReason !== 'not-sent' ? 'done' : 'unavailable';
  }
}
