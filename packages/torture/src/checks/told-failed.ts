import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import { shownIn } from '../workload/exchange.ts';
import { type Check, eachReservation } from './check.ts';

/** The calls of the one request that may have been told FAILED of an unknown outcome. */
const CALLS_MAX = 3;

/**
 * What FAILED means for a client. The request that is told so of an unknown outcome holds the payment's lease until
 * then, so that all calls are its own: one more was sent later.
 */
export const TOLD_FAILED_CHECKS: readonly Check[] = [
  eachReservation('D nothing is sent after FAILED was told', ({ events, calls }) => {
    if (!events.some(({ data }) => data['reason'] === 'answered-failed')) return null;
    return calls.length > CALLS_MAX ? `${calls.length} calls arrived` : null;
  }),
  eachReservation('D FAILED is told only of what failed or an operator was asked about', (reservation) => {
    const toldFailed = reservation.exchanges.some((exchange) => shownIn(exchange)?.status === 'RESERVATION_FAILED');
    if (!toldFailed || reservation.events.length === 0 || hasEnded(reservation)) return null;
    return `told FAILED, and then only ${reservation.events.map(({ type }) => type).join(', ')}`;
  }),
  eachReservation('D what the ledger proves is closed', ({ summaries, charges, events }) => {
    const isOpen = summaries.at(-1)?.stage === 'escalated' && charges.length === 1;
    const isTold = events.some(({ data }) => data['reason'] === 'answered-failed');
    return isOpen && isTold ? 'charged once, and still escalated' : null;
  }),
];

function hasEnded({ events }: ReservationEvidence): boolean {
  return events.some(({ type }) => type === 'RESERVATION_FAILED' || type === 'PAYMENT_ESCALATED');
}
