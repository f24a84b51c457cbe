import type { Violation } from '../checks/check.ts';
import type { EvidenceByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Failpoint } from '../processes/failpoints.ts';
import type { Counters } from '../evidence/counters.ts';

/** The result of a run. */
export interface Outcome {
  readonly evidence: Evidence;
  readonly reservations: EvidenceByReservation;
  readonly violations: readonly Violation[];
  readonly counters: Counters;
  readonly failpointHits: ReadonlyMap<Failpoint, number>;
}
