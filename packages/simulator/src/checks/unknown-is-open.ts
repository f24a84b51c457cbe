import { verdictOf } from './fold.ts';
import { eachReservation, type Check } from './check.ts';

/** A failure's reason must be true of every attempt, also of those that may have been executed without effect. */
export const unknownIsOpen: Check = eachReservation(
  '5',
  'unknown is never terminal, whatever the attempts were',
  ({ events, sends, declined }) => {
    const verdict = verdictOf(events);
    if (verdict?.type !== 'RESERVATION_FAILED') return null;
    if (verdict.data.reason === 'declined' && !declined) return 'failed as declined, without a decline';
    const maybe = sends.filter((send) => !send.neverSent).length;
    if (verdict.data.reason === 'not-sent' && maybe > 0) {
      return `failed as not sent, while ${maybe} of ${sends.length} attempts may have been executed`;
    }
    return null;
  },
);
