import { isOpen, evolve, decodeKnownEvent, initialState } from '@reservations/core/operations';
import type { Evidence } from '../evidence/evidence.ts';
import { verdictOf } from './fold.ts';
import { type CheckFailure, eachReservation, type Check } from './check.ts';

/** Holds after every step: what is confirmed was charged. */
export const confirmedMeansCharged: Check = eachReservation(
  '3',
  'confirmed means charged, with the same transaction and amount',
  ({ events, charges }) => {
    const verdict = verdictOf(events);
    if (verdict?.type !== 'RESERVATION_CONFIRMED') return null;
    const { transactionId } = verdict.data;
    const isCharged = charges.some((charge) => charge.transactionId === transactionId);
    return isCharged ? null : `confirmed with ${transactionId}, which the ledger does not hold for it`;
  },
);

/** Holds at the end: what was charged is confirmed or escalated. */
export function findUnrecordedCharge(evidence: Evidence): CheckFailure | null {
  for (const { id, events, charges } of evidence.reservations.values()) {
    const state = events.map(decodeKnownEvent).reduce(evolve, initialState);
    const isKnown = state.stage === 'confirmed' || (isOpen(state) && state.stage === 'escalated');
    if (charges.length > 0 && !isKnown) return { about: id, detail: `charged, and at the end "${state.stage}"` };
  }
  return null;
}
