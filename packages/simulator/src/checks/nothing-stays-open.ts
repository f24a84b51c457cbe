import type { Evidence } from '../evidence/evidence.ts';
import type { CheckFailure, Check } from './check.ts';

/** Last events of streams that settlement has nothing left to do for. */
const DONE = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED', 'PAYMENT_ESCALATED']);

/** Reservations that are neither terminal nor escalated. */
export function openReservations(evidence: Evidence): readonly string[] {
  const open: string[] = [];
  for (const { id, events } of evidence.reservations.values()) {
    const last = events.at(-1);
    if (last !== undefined && !DONE.has(last.type)) open.push(id);
  }
  return open;
}

/** Checked after every append. */
export const gaugeIsRight: Check = {
  number: '6',
  invariant: 'the gauge of open payments is right',
  check(evidence) {
    if (evidence.step.appends.length === 0) return null;
    const open = openReservations(evidence);
    if (evidence.gaugeOpen === open.length) return null;
    const about = evidence.step.appends.at(-1)?.request.stream ?? null;
    return { about, detail: `the gauge shows ${evidence.gaugeOpen} open payments, there are ${open.length}` };
  },
};

/** Holds at the end, `waitedMs` after the last fault. */
export function findOpenReservation(evidence: Evidence, waitedMs: number): CheckFailure | null {
  const [about] = openReservations(evidence);
  return about === undefined ? null : { about, detail: `still open ${waitedMs} ms after the last fault` };
}
