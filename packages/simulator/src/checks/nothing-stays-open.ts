import type { Facts } from '../evidence/evidence.ts';
import type { Breach, Invariant } from './check.ts';

/** Last events after which nobody but a person has anything to do. */
const DONE = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED', 'PAYMENT_ESCALATED']);

/** Reservations without a verdict that no person was asked about. */
export function openReservations(facts: Facts): readonly string[] {
  const open: string[] = [];
  for (const { id, events } of facts.reservations.values()) {
    const last = events.at(-1);
    if (last !== undefined && !DONE.has(last.type)) open.push(id);
  }
  return open;
}

/** Whoever watches the gauge must be able to trust it at all times. */
export const gaugeIsRight: Invariant = {
  number: '6',
  promise: 'the gauge of open payments is right',
  check(facts) {
    if (facts.fresh.appends.length === 0) return null;
    const open = openReservations(facts);
    if (facts.gaugeOpen === open.length) return null;
    const about = facts.fresh.appends.at(-1)?.request.stream ?? null;
    return { about, seen: `the gauge shows ${facts.gaugeOpen} open payments, there are ${open.length}` };
  },
};

/** After the faults have stopped, and enough time has passed. */
export function findOpenReservation(facts: Facts, waitedMs: number): Breach | null {
  const [about] = openReservations(facts);
  return about === undefined ? null : { about, seen: `still open ${waitedMs} ms after the last fault` };
}
