import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import { shownIn } from '../workload/exchange.ts';
import { type Check, eachReservation } from './check.ts';

/** Highest number of calls of the request whose unknown outcome is answered as FAILED. */
const CALLS_MAX = 3;

/**
 * Checks of the answer FAILED. The request whose unknown outcome is answered so holds the payment's lease until then:
 * all calls are its own, and a further one was sent later.
 */
export const ANSWERED_FAILED_CHECKS: readonly Check[] = [
  eachReservation('D nothing is sent after the answer FAILED', ({ events, calls }) => {
    if (!events.some(({ data }) => data['reason'] === 'answered-failed')) return null;
    return calls.length > CALLS_MAX ? `${calls.length} calls arrived` : null;
  }),
  eachReservation('D only what failed or is escalated is answered as FAILED', (reservation) => {
    const answeredFailed = reservation.exchanges.some((exchange) => shownIn(exchange)?.status === 'RESERVATION_FAILED');
    if (!answeredFailed || reservation.events.length === 0 || hasEnded(reservation)) return null;
    return `answered FAILED, with only ${reservation.events.map(({ type }) => type).join(', ')}`;
  }),
  eachReservation('D what the ledger proves is closed', ({ summaries, charges, events }) => {
    const isOpen = summaries.at(-1)?.stage === 'escalated' && charges.length === 1;
    const isAnswered = events.some(({ data }) => data['reason'] === 'answered-failed');
    return isOpen && isAnswered ? 'charged once, and still escalated' : null;
  }),
];

function hasEnded({ events }: ReservationEvidence): boolean {
  return events.some(({ type }) => type === 'RESERVATION_FAILED' || type === 'PAYMENT_ESCALATED');
}
