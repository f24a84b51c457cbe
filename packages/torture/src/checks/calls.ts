import type { Call, ReservationEvidence } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Check, eachReservation } from './check.ts';

/** Highest number of attempts of one request. */
const ATTEMPTS_MAX = 3;

/** A server that is paused for longer loses the payment to settlement, which sends on its own. */
const LEASE_MS = 20_000;

/** Checks of the payment service's call log. */
export const CALL_CHECKS: readonly Check[] = [
  eachReservation(`14 at most ${ATTEMPTS_MAX} calls for a request`, tooManyCalls),
  eachReservation('15 without idempotency nothing is sent twice', ({ calls }, { idempotency }: Evidence) => {
    if (idempotency !== 'none') return null;
    const overlap = calls.some((call) => calls.some((other) => other !== call && overlaps(call, other)));
    if (calls.length > 1) return `${calls.length} calls arrived${overlap ? ', at the same time' : ''}`;
    return null;
  }),
];

function overlaps(one: Call, other: Call): boolean {
  return one.arrivedAt < other.endedAt && other.arrivedAt < one.endedAt;
}

/**
 * Until a request has recorded the outcome of its charge, and while its lease lasts, only its own process sends the
 * payment. The answer may come later: its process may be paused.
 */
function tooManyCalls({ exchanges, calls, events }: ReservationEvidence): string | null {
  const recordedAt = events[1] === undefined ? Number.POSITIVE_INFINITY : Date.parse(events[1].metadata.recordedAt);
  for (const { method, result, beganAt, endedAt } of exchanges) {
    if (method !== 'POST' || result.kind !== 'answer' || result.replayed) continue;
    const until = Math.min(endedAt, beganAt + LEASE_MS, recordedAt);
    const count = calls.filter(({ arrivedAt }) => arrivedAt <= until).length;
    if (count > ATTEMPTS_MAX) return `${count} calls arrived before the answer after ${endedAt - beganAt} ms`;
  }
  return null;
}
