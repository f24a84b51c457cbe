import type { Send } from '../evidence/evidence.ts';
import { eachReservation, type Check } from './check.ts';

/** Without idempotency nothing follows a send that may have been executed; with it a lease keeps sends apart. */
export const sendsDoNotOverlap: Check = eachReservation(
  '15',
  'no two sends overlap, and without idempotency none follows one that may have been executed',
  ({ sends }, _facts, { isIdempotent, clocksAreCorrect }) => {
    const last = sends.at(-1);
    if (last === undefined) return null;
    for (const earlier of sends.slice(0, -1)) {
      if (!isIdempotent && !earlier.neverSent) return 'sent again after a send that may have been executed';
      if (clocksAreCorrect && endOf(earlier) > last.startedAt) return 'two sends overlapped';
    }
    return null;
  },
);

/** A call ends with its process at the latest: the connection is closed. */
function endOf({ endedAt, process }: Send): number {
  return Math.min(endedAt ?? Infinity, process.diedAt() ?? Infinity);
}
