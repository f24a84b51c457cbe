import type { Evidence, ReservationEvidence } from '../evidence/evidence.ts';

/** What the checks may rely on in this run. */
export interface Assumptions {
  /** False when the payment service charges every call that it sees. */
  readonly isIdempotent: boolean;
  /** False when clocks jump: then two servers may hold what they take for a running lease. */
  readonly clocksAreCorrect: boolean;
}

/** A invariant that does not hold. */
export interface CheckFailure {
  /** The reservation or request that it is about. */
  readonly about: string | null;
  /** What was seen. */
  readonly seen: string;
}

/** A invariant of the engine, and how to see that it is broken. */
export interface Check {
  /** As in the list of promises; letters for what goes without saying. */
  readonly number: string;
  readonly invariant: string;
  /** Looks at what the last step touched; null when all is well. */
  check(evidence: Evidence, assumptions: Assumptions): CheckFailure | null;
}

/** An invariant about each reservation for itself; `see` returns what is wrong with one. */
export function eachReservation(
  number: string,
  invariant: string,
  see: (reservation: ReservationEvidence, evidence: Evidence, assumptions: Assumptions) => string | null,
): Check {
  return {
    number,
    invariant,
    check(evidence, assumptions) {
      for (const reservation of evidence.step.touched) {
        const seen = look(() => see(reservation, evidence, assumptions));
        if (seen !== null) return { about: reservation.id, seen };
      }
      return null;
    },
  };
}

/** A stream that cannot be folded is a failure of whatever would have been read from it. */
function look(see: () => string | null): string | null {
  try {
    return see();
  } catch (error) {
    return String(error);
  }
}
