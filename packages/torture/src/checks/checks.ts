import { type EvidenceByReservation, groupByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { ANSWER_CHECKS } from './answers.ts';
import { CALL_CHECKS } from './calls.ts';
import { CHARGE_CHECKS } from './charges.ts';
import { type Check, overall, type Violation } from './check.ts';
import { LOG_CHECKS } from './log.ts';
import { REQUEST_CHECKS } from './requests.ts';
import { SETTLEMENT_CHECKS } from './settlement.ts';
import { ANSWERED_FAILED_CHECKS } from './answered-failed.ts';

/** All checks of the evidence of a run. */
export const CHECKS: readonly Check[] = [
  ...CHARGE_CHECKS,
  ...SETTLEMENT_CHECKS,
  ...ANSWER_CHECKS,
  ...LOG_CHECKS,
  ...REQUEST_CHECKS,
  ...CALL_CHECKS,
  ...ANSWERED_FAILED_CHECKS,
  overall('no reply contradicts a recorded verdict', ({ contradictions }) => contradictions),
  overall('the database keeps every event', ({ storeAlarms }) => storeAlarms),
  overall('a process ends only when asked to', ({ incidents }) => incidents),
];

/** Runs all checks. */
export function findViolations(
  evidence: Evidence,
  reservations: EvidenceByReservation = groupByReservation(evidence),
): readonly Violation[] {
  return CHECKS.flatMap(({ check }) => check(evidence, reservations));
}
