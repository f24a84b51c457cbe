import type { EvidenceByReservation } from '../evidence/reservation-evidence.ts';
import type { Falsification } from './falsification.ts';
import { call, first, postOf, settled, TWIN_ID, withExchange, withLedgerLine } from './material.ts';

const charge = (reservations: EvidenceByReservation): ReturnType<typeof settled>['charges'][number] =>
  first(settled(reservations, 'confirmed').charges, 'charge');

/** Falsifications of charges. */
export const CHARGE_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'a charge is missing in the ledger',
    violates: '3 confirmed means charged, with the same transaction',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), null),
  },
  {
    name: 'a charge has another transaction id',
    violates: '3 confirmed means charged, with the same transaction',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), { transaction_id: 'TXN-other' }),
  },
  {
    name: 'a charge is in the ledger twice',
    violates: '1 charged at most once',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), transaction_id: 'TXN-again' }],
    }),
  },
  {
    name: 'a charge is of no reservation',
    violates: '2 nothing is sent or charged before it is reserved',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), reservation_id: TWIN_ID }],
    }),
  },
  {
    name: 'a charge is older than its reservation',
    violates: '2 nothing is sent or charged before it is reserved',
    apply: (evidence, reservations) =>
      withLedgerLine(evidence, charge(reservations), { at: '2000-01-01T00:00:00.000Z' }),
  },
  {
    name: 'a call is older than its reservation',
    violates: '2 nothing is sent or charged before it is reserved',
    apply: ({ calls }, reservations) => ({ calls: [...calls, ...call(settled(reservations, 'confirmed').id, 99, 0)] }),
  },
  {
    name: 'a charge is too high',
    violates: '19 reserved and charged amounts are equal',
    apply: (evidence, reservations) =>
      withLedgerLine(evidence, charge(reservations), { amount: charge(reservations).amount + 0.01 }),
  },
  {
    name: 'a charge is in another currency',
    violates: '19 reserved and charged amounts are equal',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), { currency: 'CHF' }),
  },
  {
    name: 'a failed reservation was charged',
    violates: '4 failed means never charged',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), reservation_id: settled(reservations, 'failed').id }],
    }),
  },
  {
    name: 'a decline is missing in the ledger',
    violates: '5 an unknown outcome is no verdict',
    apply: (evidence, reservations) => {
      const { declines } = settled(reservations, 'failed', (reservation) => reservation.declines.length > 0);
      return withLedgerLine(evidence, first(declines, 'decline'), null);
    },
  },
  {
    name: 'a payment that failed as not sent had arrived',
    violates: '5 an unknown outcome is no verdict',
    apply: ({ calls }, reservations) => {
      const { id } = settled(reservations, 'failed', ({ row }) => row?.failureReason === 'not-sent');
      return { calls: [...calls, ...call(id, 1, Date.now())] };
    },
  },
  {
    name: 'a request was for another amount',
    violates: '19 requested and reserved amounts are equal',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      const request = { ...post.request, amountMinor: post.request.amountMinor + 1 };
      return withExchange(evidence, post, { ...post, request });
    },
  },
];
