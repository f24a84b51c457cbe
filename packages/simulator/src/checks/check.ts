import type { Facts, ReservationFacts } from '../evidence/evidence.ts';

/** What the checks may rely on in this run. */
export interface Rules {
  /** False when the payment service charges every call that it sees. */
  readonly isIdempotent: boolean;
  /** False when clocks jump: then two servers may hold what they take for a running lease. */
  readonly clocksAreRight: boolean;
}

/** A promise that does not hold. */
export interface Breach {
  /** The reservation or request that it is about. */
  readonly about: string | null;
  /** What was seen. */
  readonly seen: string;
}

/** A promise of the engine, and how to see that it is broken. */
export interface Invariant {
  /** As in the list of promises; letters for what goes without saying. */
  readonly number: string;
  readonly promise: string;
  /** Looks at what the last step touched; null when all is well. */
  check(facts: Facts, rules: Rules): Breach | null;
}

/** An invariant about each reservation for itself; `see` returns what is wrong with one. */
export function forEachReservation(
  number: string,
  promise: string,
  see: (reservation: ReservationFacts, facts: Facts, rules: Rules) => string | null,
): Invariant {
  return {
    number,
    promise,
    check(facts, rules) {
      for (const reservation of facts.fresh.touched) {
        const seen = look(() => see(reservation, facts, rules));
        if (seen !== null) return { about: reservation.id, seen };
      }
      return null;
    },
  };
}

/** A stream that cannot be folded is a breach of whatever would have been read from it. */
function look(see: () => string | null): string | null {
  try {
    return see();
  } catch (error) {
    return String(error);
  }
}
