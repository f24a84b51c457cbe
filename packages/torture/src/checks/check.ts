import type { Evidence } from '../evidence/evidence.ts';
import type { ReservationEvidence, EvidenceByReservation } from '../evidence/reservation-evidence.ts';

/** A broken invariant. */
export interface Violation {
  /** Short name of the invariant. */
  readonly invariant: string;
  /** Null when it is about no reservation in particular. */
  readonly reservationId: string | null;
  readonly detail: string;
}

/** One invariant, held against the evidence. */
export interface Check {
  readonly invariant: string;
  run(evidence: Evidence, reservations: EvidenceByReservation): readonly Violation[];
}

/** A check that looks at one reservation at a time; the text says what is wrong with it, null that nothing is. */
export function eachReservation(
  invariant: string,
  look: (reservation: ReservationEvidence, evidence: Evidence) => string | null,
): Check {
  return {
    invariant,
    run: (evidence, reservations) =>
      reservations.all.flatMap((reservation) => {
        const detail = look(reservation, evidence);
        return detail === null ? [] : [{ invariant, reservationId: reservation.id, detail }];
      }),
  };
}

/** A check of the whole; each text says what is wrong. */
export function overall(
  invariant: string,
  look: (evidence: Evidence, reservations: EvidenceByReservation) => Iterable<string>,
): Check {
  return {
    invariant,
    run: (evidence, reservations) =>
      [...look(evidence, reservations)].map((detail) => ({ invariant, reservationId: null, detail })),
  };
}
