import type { Violation } from '../checks/check.ts';
import type { Dossiers } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Failpoint } from '../processes/failpoints.ts';
import type { Tally } from '../evidence/counters.ts';

/** What a run did and what it found. */
export interface Outcome {
  readonly evidence: Evidence;
  readonly dossiers: Dossiers;
  readonly violations: readonly Violation[];
  readonly tally: Tally;
  readonly failpointHits: ReadonlyMap<Failpoint, number>;
}
