import type { Evidence } from '../evidence/evidence.ts';
import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import type { Falsification } from './falsification.ts';
import { answering, call, first, lastEvent, postOf, settled, withEvent, withExchange } from './material.ts';

/** Evidence with an escalation after the answer FAILED in place of a verdict. */
function escalatedInstead(evidence: Evidence, reservation: ReservationEvidence): Partial<Evidence> {
  const verdict = lastEvent(reservation);
  const data = { reason: 'answered-failed', detail: '', transactionId: null, at: verdict.data['at'] };
  return withEvent(evidence, verdict, { type: 'PAYMENT_ESCALATED', data });
}

/** Falsifications of answers. */
export const ANSWER_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'a reservation that was acknowledged is gone',
    violates: '7 what was acknowledged is there',
    apply: ({ events, view }, reservations) => {
      const { id } = settled(reservations, 'failed');
      return {
        events: events.filter(({ stream }) => stream !== id),
        view: view.filter(({ reservationId }) => reservationId !== id),
      };
    },
  },
  {
    name: 'a reservation that was acknowledged could not be read',
    violates: '7 what was acknowledged is there',
    apply: (evidence, reservations) => {
      const { exchanges } = settled(reservations, 'confirmed');
      const get = first(exchanges.toReversed(), 'GET', ({ method }) => method === 'GET');
      const result = {
        kind: 'answer',
        status: 404,
        replayed: false,
        body: { detail: 'Reservation not found' },
      } as const;
      return withExchange(evidence, get, { ...get, result });
    },
  },
  {
    name: 'an answer shows another amount',
    violates: '11 an answer shows the folded stream',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      return withExchange(evidence, post, answering(post, { amount: 0.01 }));
    },
  },
  {
    name: 'a later answer shows less',
    violates: '18 a status never goes back',
    apply: (evidence, reservations) => {
      const { exchanges } = settled(reservations, 'confirmed');
      const get = first(exchanges.toReversed(), 'GET', ({ method }) => method === 'GET');
      return withExchange(evidence, get, answering(get, { status: 'RESERVATION_CREATED', version: 1 }));
    },
  },
  {
    name: 'a status code is not documented',
    violates: 'answers have the documented status codes',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      if (post.result.kind !== 'answer') return {};
      return withExchange(evidence, post, { ...post, result: { ...post.result, status: 500 } });
    },
  },
  {
    name: 'a payment was sent after the answer FAILED',
    violates: 'D nothing is sent after the answer FAILED',
    apply: (evidence, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const calls = [1, 2, 3].flatMap((number) => call(reservation.id, 200 + number, Date.now()));
      return { ...escalatedInstead(evidence, reservation), calls: [...evidence.calls, ...calls] };
    },
  },
  {
    name: 'an open payment was answered as FAILED',
    violates: 'D only what failed or is escalated is answered as FAILED',
    apply: (evidence, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const post = postOf(reservation);
      const answered = withExchange(evidence, post, answering(post, { status: 'RESERVATION_FAILED' }));
      return { ...answered, events: evidence.events.filter((event) => event !== lastEvent(reservation)) };
    },
  },
  {
    name: 'a charge that the ledger proves is still escalated',
    violates: 'D what the ledger proves is closed',
    apply: (evidence, reservations) => escalatedInstead(evidence, settled(reservations, 'confirmed')),
  },
];
