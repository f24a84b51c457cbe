import type { RecordedEvent, ReservationSummary } from '@reservations/core';
import { eachReservation, type Check } from './check.ts';

/** Compares each answer with the latest version that any client had been shown before the request was sent. */
export const answersNeverGoBack: Check = eachReservation(
  '18',
  'an answer shows at least what an earlier one said; a status never goes back',
  ({ shown, events }) => {
    const { summary, shownBefore = null } = shown.at(-1) ?? {};
    if (summary === undefined || shownBefore === null) return null;
    if (summary.version < shownBefore.version) {
      return `version ${shownBefore.version} was shown, then ${summary.version}`;
    }
    if (wasDecidedByOperator(events, summary.version)) return null;
    const isForward = shownBefore.status === 'RESERVATION_CREATED' || shownBefore.status === summary.status;
    return isForward && keepsTransaction(shownBefore, summary)
      ? null
      : `${shownBefore.status} was shown, then ${summary.status}`;
  },
);

/** An operator may find a charge although the answer was FAILED. */
function wasDecidedByOperator(events: readonly RecordedEvent[], version: number): boolean {
  const decidedBy = events[version - 1]?.data['decidedBy'];
  return typeof decidedBy === 'object' && decidedBy !== null && 'actor' in decidedBy;
}

function keepsTransaction(before: ReservationSummary, after: ReservationSummary): boolean {
  return before.transactionId === null || before.transactionId === after.transactionId;
}
