import { type ReservationStatus, type ReservationSummary, toMajorUnits } from '@reservations/core';
import {
  instant,
  integer,
  nullable,
  number,
  object,
  type Schema,
  text,
  textOf,
  texts,
  list,
  reference,
} from '../wire/schema.ts';

/** A reservation as clients see it. */
export interface WireReservation {
  readonly reservation_id: string;
  readonly status: ReservationStatus;
  readonly transaction_id: string | null;
  readonly message: string;
  readonly user_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

/** Every status of a reservation. */
export const STATUSES = Object.keys({
  RESERVATION_CREATED: true,
  RESERVATION_CONFIRMED: true,
  RESERVATION_FAILED: true,
} satisfies Record<ReservationStatus, true>) as readonly ReservationStatus[];

/** Schema of {@link WireReservation}. */
export const RESERVATION: Schema<WireReservation> = object<WireReservation>(
  {
    reservation_id: text({ description: 'Id of the reservation, and of its charge.', pattern: '^RES-' }),
    status: textOf(STATUSES, {
      description: 'RESERVATION_CREATED until the outcome of the payment is known, then the other two.',
    }),
    transaction_id: nullable(
      text({
        description: "The payment service's id of the charge. Set when the status is RESERVATION_CONFIRMED, else null.",
      }),
    ),
    message: text({ description: 'Text for display.' }),
    user_id: text({ description: 'As in the request.' }),
    amount: number({ description: 'Major units, exact to the last digit.' }),
    currency: text({ description: 'ISO 4217 code in upper case.', pattern: '^[A-Z]{3}$' }),
    reference: nullable(text({ description: 'As in the request; null when it had none.' })),
    metadata: texts(text({ description: 'As in the request.' }), {
      description: 'As in the request; without members when it had none. The order of the members has no meaning.',
    }),
    created_at: instant({ description: 'RFC 3339, UTC.' }),
    updated_at: instant({ description: 'RFC 3339, UTC.' }),
    version: integer({ description: 'Increases with every change.', minimum: 1 }),
  },
  { description: 'A reservation in its current state.' },
);

/** A page of a listing as clients see it. */
export interface WireReservationPage {
  readonly reservations: readonly WireReservation[];
  readonly next: string | null;
}

/** Schema of {@link WireReservationPage}. */
export const RESERVATION_PAGE: Schema<WireReservationPage> = object<WireReservationPage>(
  {
    reservations: list<WireReservation>(reference('Reservation'), { description: 'In the order of the request.' }),
    next: nullable(
      text({
        description:
          'Cursor of the next page, for `after`; null at the end. A page may be short, or empty, and have one.',
      }),
    ),
  },
  { description: 'Reservations that meet the conditions.' },
);

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
    reference: summary.reference,
    metadata: summary.metadata,
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
