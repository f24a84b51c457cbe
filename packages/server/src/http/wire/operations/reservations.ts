import { LIST_PARAMETERS } from '../../reservations/list-request.ts';
import { NOT_MODIFIED, type Operation, VALIDATORS } from '../operation.ts';

/** Making and reading reservations. */
export const RESERVATION_OPERATIONS: Readonly<
  Record<'createReservation' | 'listReservations' | 'getReservation', Operation>
> = {
  createReservation: {
    operationId: 'create_reservation_reservations_post',
    method: 'post',
    path: '/reservations',
    tag: 'reservations',
    scope: 'reservations:write',
    summary: 'Makes a reservation and charges it',
    description: 'Answers when the payment has an outcome, or when it is clear that the outcome is unknown for now.',
    headers: ['Idempotency-Key'],
    body: 'ReservationRequest',
    answers: [
      {
        status: 200,
        description: 'The payment was approved (RESERVATION_CONFIRMED) or declined (RESERVATION_FAILED).',
        body: 'Reservation',
        headers: ['Location', 'Idempotent-Replayed'],
      },
      {
        status: 202,
        description:
          'The outcome of the payment is unknown. It is settled in the background: poll the Location until the status changes.',
        body: 'Reservation',
        headers: ['Location', 'Retry-After', 'Idempotent-Replayed'],
      },
    ],
    problems: [
      'malformed_idempotency_key',
      'idempotency_key_in_progress',
      'body_too_large',
      'unsupported_content_encoding',
      'validation_failed',
      'idempotency_key_reused',
      'body_already_consumed',
      'payment_unavailable',
      'store_unavailable',
      'store_newer',
      'overloaded',
    ],
  },
  listReservations: {
    operationId: 'list_reservations_reservations_get',
    method: 'get',
    path: '/reservations',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Lists reservations, page by page',
    description: 'In the order of their creation, or the newest first. All conditions must be met.',
    query: LIST_PARAMETERS,
    answers: [{ status: 200, description: 'A page.', body: 'ReservationPage', headers: ['Cache-Control'] }],
    problems: ['validation_failed', 'store_unavailable', 'overloaded'],
  },
  getReservation: {
    operationId: 'get_reservation_reservations__reservation_id__get',
    method: 'get',
    path: '/reservations/{reservation_id}',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Returns a reservation in its current state',
    parameters: { reservation_id: 'Id of the reservation.' },
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The reservation.', body: 'Reservation', headers: VALIDATORS },
      { status: 304, description: NOT_MODIFIED, headers: VALIDATORS },
    ],
    problems: ['reservation_not_found', 'store_unavailable', 'store_newer'],
  },
};
