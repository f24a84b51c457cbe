import { type EvidenceByReservation, groupByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { ANSWER_CHECKS } from './answers.ts';
import { CALL_CHECKS } from './calls.ts';
import { CHARGE_CHECKS } from './charges.ts';
import { type Check, overall, type Violation } from './check.ts';
import { LOG_CHECKS } from './log.ts';
import { REQUEST_CHECKS } from './requests.ts';
import { SETTLEMENT_CHECKS } from './settlement.ts';
import { TOLD_FAILED_CHECKS } from './told-failed.ts';

/** Every invariant that the evidence of a run can show to be broken. */
export const CHECKS: readonly Check[] = [
  ...CHARGE_CHECKS,
  ...SETTLEMENT_CHECKS,
  ...ANSWER_CHECKS,
  ...LOG_CHECKS,
  ...REQUEST_CHECKS,
  ...CALL_CHECKS,
  ...TOLD_FAILED_CHECKS,
  overall('no verdict contradicts what stands', ({ contradictions }) => contradictions),
  overall('the database keeps what it was given', ({ storeAlarms }) => storeAlarms),
  overall('a process ends only when it is made to', ({ incidents }) => incidents),
];

/** Holds every invariant against the evidence. */
export function findViolations(
  evidence: Evidence,
  reservations: EvidenceByReservation = groupByReservation(evidence),
): readonly Violation[] {
  return CHECKS.flatMap((check) => check.run(evidence, reservations));
}
