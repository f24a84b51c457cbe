import type { Evidence, ReservationEvidence } from '../evidence/evidence.ts';

/** Properties of a run that decide which invariants hold in it. */
export interface Assumptions {
  /** False when the payment service charges every call that it receives. */
  readonly isIdempotent: boolean;
  /** False when clocks jump: then two servers may both hold a lease that has not expired by their clocks. */
  readonly clocksAreCorrect: boolean;
}

/** What a check found. */
export interface CheckFailure {
  /** The reservation or request that it concerns; null when it concerns none in particular. */
  readonly about: string | null;
  readonly detail: string;
}

/** A violated invariant: which, where and when. */
export interface Violation extends CheckFailure {
  readonly number: string;
  readonly invariant: string;
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
}

/** An invariant and a function that looks for a violation of it. */
export interface Check {
  /** The invariant's number; a letter for one without a number. */
  readonly number: string;
  readonly invariant: string;
  /** Looks at what the last step touched. Returns null when the invariant holds. */
  readonly check: (evidence: Evidence, assumptions: Assumptions) => CheckFailure | null;
}

/** A check of each reservation on its own. `find` returns what is wrong with one, or null. */
export function eachReservation(
  number: string,
  invariant: string,
  find: (reservation: ReservationEvidence, evidence: Evidence, assumptions: Assumptions) => string | null,
): Check {
  return {
    number,
    invariant,
    check(evidence, assumptions) {
      for (const reservation of evidence.step.touched) {
        const detail = caught(() => find(reservation, evidence, assumptions));
        if (detail !== null) return { about: reservation.id, detail };
      }
      return null;
    },
  };
}

/** A stream that cannot be folded violates every invariant that is checked on its state. */
function caught(find: () => string | null): string | null {
  try {
    return find();
  } catch (error) {
    return String(error);
  }
}
