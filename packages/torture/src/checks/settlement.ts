import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Check, eachReservation, overall } from './check.ts';

/** Age before which a payment that may be sent again is not escalated. */
const ESCALATE_AFTER_MS = 3_600_000;

/** Checks of what holds once the faults have ended and the system has healed. */
export const SETTLEMENT_CHECKS: readonly Check[] = [
  eachReservation('6 everything open is settled or escalated', ({ summaries }) => {
    const stage = summaries.at(-1)?.stage;
    return stage === 'processing' || stage === 'unresolved' ? `still ${stage}` : null;
  }),
  eachReservation('6 only what settlement cannot settle is escalated', escalatedEarly),
  overall('6 the gauge of open payments is right', ({ view, open }) => {
    const waiting = view.filter(({ stage }) => stage === 'processing' || stage === 'unresolved').length;
    return waiting === open ? [] : [`${waiting} payments wait, the gauge says ${open}`];
  }),
];

function escalatedEarly({ events }: ReservationEvidence, { idempotency, answerUnknownAs }: Evidence): string | null {
  const escalated = events.find(({ type }) => type === 'PAYMENT_ESCALATED');
  const [created] = events;
  if (escalated === undefined || created === undefined) return null;
  const { reason, at } = escalated.data;
  if (idempotency === 'none' && reason === 'may-not-be-sent-again') return null;
  if (answerUnknownAs === 'failed' && reason === 'answered-failed') return null;
  const ageMs = Date.parse(String(at)) - Date.parse(String(created.data['at']));
  return ageMs >= ESCALATE_AFTER_MS ? null : `escalated (${String(reason)}) at an age of ${ageMs} ms`;
}
