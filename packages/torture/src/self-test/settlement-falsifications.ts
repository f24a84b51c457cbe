import type { Falsification } from './falsification.ts';
import { call, lastEvent, postOf, settled, withEvent } from './material.ts';

/** Falsifications of settlement and of sends. */
export const SETTLEMENT_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'a verdict is missing',
    violates: '6 everything open is settled or escalated',
    apply: ({ events }, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return { events: events.filter((event) => event !== verdict) };
    },
  },
  {
    name: 'a payment was escalated at once',
    violates: '6 only what settlement cannot settle is escalated',
    apply: (evidence, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      const data = { reason: 'settlement-gave-up', detail: '', transactionId: null, at: verdict.data['at'] };
      return withEvent(evidence, verdict, { type: 'PAYMENT_ESCALATED', data });
    },
  },
  {
    name: 'the gauge counts one too many',
    violates: '6 the gauge of open payments is right',
    apply: ({ open }) => ({ open: open + 1 }),
  },
  {
    name: 'four calls arrived before the answer',
    violates: '14 at most 3 calls for a request',
    apply: ({ calls }, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const { beganAt } = postOf(reservation);
      return { calls: [...calls, ...[1, 2, 3, 4].flatMap((number) => call(reservation.id, 100 + number, beganAt))] };
    },
  },
  {
    name: 'without idempotency a payment was sent twice',
    violates: '15 without idempotency nothing is sent twice',
    apply: ({ calls }, reservations) => {
      const { id } = settled(reservations, 'confirmed');
      return { idempotency: 'none', calls: [...calls, ...call(id, 100, Date.now()), ...call(id, 101, Date.now())] };
    },
  },
];
