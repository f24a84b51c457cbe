import { findViolations } from '../checks/all.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { FALSIFICATIONS } from './falsifications.ts';

/** Whether one falsification of the evidence was noticed, by the invariant that it breaks. */
export interface Falsified {
  readonly name: string;
  readonly noticed: boolean;
}

/**
 * Falsifies good evidence in every known way, one at a time, and looks whether the checks see it.
 * @throws {Error} when the evidence lacks what a falsification starts from: the run was too short.
 */
export function falsify(evidence: Evidence): readonly Falsified[] {
  const reservations = groupByReservation(evidence);
  return FALSIFICATIONS.map(({ name, breaks, apply }) => {
    const violations = findViolations({ ...evidence, ...apply(evidence, reservations) });
    return { name, noticed: violations.some(({ invariant }) => invariant === breaks) };
  });
}
