import { findViolations } from '../checks/checks.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { FALSIFICATIONS } from './falsifications.ts';

/** Whether the check of the violated invariant found a falsification. */
export interface FalsificationResult {
  readonly name: string;
  readonly found: boolean;
}

/**
 * Applies each falsification to good evidence and runs the checks on the result.
 * @throws {Error} when the evidence lacks what a falsification starts from: the run was too short.
 */
export function falsify(evidence: Evidence): readonly FalsificationResult[] {
  const reservations = groupByReservation(evidence);
  return FALSIFICATIONS.map(({ name, violates, apply }) => {
    const violations = findViolations({ ...evidence, ...apply(evidence, reservations) });
    return { name, found: violations.some(({ invariant }) => invariant === violates) };
  });
}
