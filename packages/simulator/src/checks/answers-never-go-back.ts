import type { RecordedEvent, ReservationSummary } from '@reservations/core';
import { eachReservation, type Check } from './check.ts';

/** Each answer is held against the furthest that anybody had been shown before the question was asked. */
export const answersNeverGoBack: Check = eachReservation(
  '18',
  'an answer shows at least what an earlier one said; a status never goes back',
  ({ shown, events }) => {
    const { summary, shownBefore = null } = shown.at(-1) ?? {};
    if (summary === undefined || shownBefore === null) return null;
    if (summary.version < shownBefore.version) {
      return `version ${shownBefore.version} was shown, then ${summary.version}`;
    }
    if (wasDecidedByPerson(events, summary.version)) return null;
    const isForward = shownBefore.status === 'RESERVATION_CREATED' || shownBefore.status === summary.status;
    return isForward && keepsTransaction(shownBefore, summary)
      ? null
      : `${shownBefore.status} was shown, then ${summary.status}`;
  },
);

/** A person may find that a charge stands of which the caller was told that it failed. */
function wasDecidedByPerson(events: readonly RecordedEvent[], version: number): boolean {
  const decidedBy = events[version - 1]?.data['decidedBy'];
  return typeof decidedBy === 'object' && decidedBy !== null && 'actor' in decidedBy;
}

function keepsTransaction(before: ReservationSummary, after: ReservationSummary): boolean {
  return before.transactionId === null || before.transactionId === after.transactionId;
}
