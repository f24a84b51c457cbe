import type { Evidence } from '../evidence/evidence.ts';
import type { EvidenceByReservation } from '../evidence/reservation-evidence.ts';

/** A change of good evidence, and the invariant that it violates. */
export interface Falsification {
  readonly name: string;
  readonly violates: string;
  apply(evidence: Evidence, reservations: EvidenceByReservation): Partial<Evidence>;
}
