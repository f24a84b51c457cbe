import type { Evidence } from '../evidence/evidence.ts';
import type { EvidenceByReservation, ReservationEvidence } from '../evidence/reservation-evidence.ts';

/** A violated invariant. */
export interface Violation {
  /** The invariant, with its number if it has one. */
  readonly invariant: string;
  /** The reservation that it concerns; null when it concerns none in particular. */
  readonly about: string | null;
  readonly detail: string;
}

/** An invariant and a function that looks for violations of it. */
export interface Check {
  readonly invariant: string;
  readonly check: (evidence: Evidence, reservations: EvidenceByReservation) => readonly Violation[];
}

/** A check of each reservation on its own. `find` returns what is wrong with one, or null. */
export function eachReservation(
  invariant: string,
  find: (reservation: ReservationEvidence, evidence: Evidence) => string | null,
): Check {
  return {
    invariant,
    check: (evidence, reservations) =>
      reservations.all.flatMap((reservation) => {
        const detail = find(reservation, evidence);
        return detail === null ? [] : [{ invariant, about: reservation.id, detail }];
      }),
  };
}

/** A check of all evidence together. `find` returns each thing that is wrong. */
export function overall(
  invariant: string,
  find: (evidence: Evidence, reservations: EvidenceByReservation) => Iterable<string>,
): Check {
  return {
    invariant,
    check: (evidence, reservations) =>
      [...find(evidence, reservations)].map((detail) => ({ invariant, about: null, detail })),
  };
}
