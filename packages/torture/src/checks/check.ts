import type { Evidence } from '../evidence/evidence.ts';
import type { Dossier, Dossiers } from '../evidence/reservation-evidence.ts';

/** A broken promise. */
export interface Violation {
  /** Short name of the promise. */
  readonly promise: string;
  /** Null when it is about no reservation in particular. */
  readonly reservationId: string | null;
  readonly detail: string;
}

/** One promise, held against the evidence. */
export interface Check {
  readonly promise: string;
  run(evidence: Evidence, dossiers: Dossiers): readonly Violation[];
}

/** A check that looks at one reservation at a time; the text says what is wrong with it, null that nothing is. */
export function eachReservation(promise: string, look: (dossier: Dossier, evidence: Evidence) => string | null): Check {
  return {
    promise,
    run: (evidence, dossiers) =>
      dossiers.all.flatMap((dossier) => {
        const detail = look(dossier, evidence);
        return detail === null ? [] : [{ promise, reservationId: dossier.id, detail }];
      }),
  };
}

/** A check of the whole; each text says what is wrong. */
export function overall(promise: string, look: (evidence: Evidence, dossiers: Dossiers) => Iterable<string>): Check {
  return {
    promise,
    run: (evidence, dossiers) =>
      [...look(evidence, dossiers)].map((detail) => ({ promise, reservationId: null, detail })),
  };
}
