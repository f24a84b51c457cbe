import type { WireReservation } from '../http/reservations/wire.ts';
import { type Answer, codeOf, membersOf, reservationOf, retryAfterOf, textOf } from './answer.ts';

/** What every result has. */
interface ResultFacts {
  readonly reservationId: string;
  /** Text for display. */
  readonly message: string;
  readonly idempotencyKey: string;
  /** True when the reservation is that of an earlier request with the same key. */
  readonly isReplayed: boolean;
}

/** A reservation with a verdict, or still without one. */
interface ReservationKnown extends ResultFacts {
  /**
   * - `confirmed`: charged.
   * - `failed`: the payment was declined; nothing was charged.
   * - `pending`: the outcome of the payment is not known yet; the service settles it.
   */
  readonly outcome: 'confirmed' | 'failed' | 'pending';
  readonly reservation: WireReservation;
}

/**
 * The reservation failed because the payment service was not reached: it is proved that nothing was charged. The key is
 * free: the same request with the same key makes a new reservation.
 */
interface NotSent extends ResultFacts {
  readonly outcome: 'not-sent';
  readonly reservation: null;
  /** Pause that the service asks for before the next request. */
  readonly retryAfterMs: number;
}

/**
 * The service says FAILED for a payment whose outcome is not known, because it is set up to do so
 * (`--payment-unknown-outcome fail`). It may have been charged: a request with another key may pay twice. An operator
 * decides; `get` then returns the verdict.
 */
interface ToldFailed extends ResultFacts {
  readonly outcome: 'told-failed';
  readonly reservation: null;
}

/** What came of a request to reserve, by `outcome`. */
export type ReservationResult = ReservationKnown | NotSent | ToldFailed;

/** The outcome of a reservation by its status. */
const OUTCOMES: { readonly [Status in WireReservation['status']]: ReservationKnown['outcome'] } = {
  RESERVATION_CONFIRMED: 'confirmed',
  RESERVATION_FAILED: 'failed',
  RESERVATION_CREATED: 'pending',
};

/** Returns the result that an answer to a `POST` tells, null when it tells none. */
export function resultOf(answer: Answer, idempotencyKey: string): ReservationResult | null {
  const isReplayed = answer.headers.get('Idempotent-Replayed') === 'true';
  if (answer.status === 200 || answer.status === 202) {
    const reservation = reservationOf(answer);
    return reservation === null ? null : resultWith(reservation, { idempotencyKey, isReplayed });
  }
  if (codeOf(answer) !== 'payment_unavailable') return null;
  const { reservation_id, detail } = membersOf(answer.body);
  // A proxy may have taken away the `Accept` that asks for the first form.
  const reservationId = textOf(reservation_id) ?? textOf(membersOf(detail)['reservation_id']);
  if (reservationId === null) return null;
  const message = textOf(detail) ?? textOf(membersOf(detail)['message']) ?? '';
  const facts = { reservationId, message, idempotencyKey, isReplayed, reservation: null };
  // Without Retry-After the key stays bound: the service does not say that nothing was charged.
  const retryAfterMs = retryAfterOf(answer);
  return retryAfterMs === null ? { ...facts, outcome: 'told-failed' } : { ...facts, outcome: 'not-sent', retryAfterMs };
}

/** Returns the result of a reservation in its current state. */
export function resultWith(
  reservation: WireReservation,
  about: Pick<ResultFacts, 'idempotencyKey' | 'isReplayed'>,
): ReservationKnown {
  const { reservation_id: reservationId, message, status } = reservation;
  const { idempotencyKey, isReplayed } = about;
  return { outcome: OUTCOMES[status], reservation, reservationId, message, idempotencyKey, isReplayed };
}
