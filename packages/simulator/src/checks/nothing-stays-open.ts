import type { Evidence } from '../evidence/evidence.ts';
import type { CheckFailure, Check } from './check.ts';

/** Last events after which nobody but a person has anything to do. */
const DONE = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED', 'PAYMENT_ESCALATED']);

/** Reservations without a verdict that no person was asked about. */
export function openReservations(evidence: Evidence): readonly string[] {
  const open: string[] = [];
  for (const { id, events } of evidence.reservations.values()) {
    const last = events.at(-1);
    if (last !== undefined && !DONE.has(last.type)) open.push(id);
  }
  return open;
}

/** Whoever watches the gauge must be able to trust it at all times. */
export const gaugeIsRight: Check = {
  number: '6',
  invariant: 'the gauge of open payments is right',
  check(evidence) {
    if (evidence.step.appends.length === 0) return null;
    const open = openReservations(evidence);
    if (evidence.gaugeOpen === open.length) return null;
    const about = evidence.step.appends.at(-1)?.request.stream ?? null;
    return { about, seen: `the gauge shows ${evidence.gaugeOpen} open payments, there are ${open.length}` };
  },
};

/** After the faults have stopped, and enough time has passed. */
export function findOpenReservation(evidence: Evidence, waitedMs: number): CheckFailure | null {
  const [about] = openReservations(evidence);
  return about === undefined ? null : { about, seen: `still open ${waitedMs} ms after the last fault` };
}
