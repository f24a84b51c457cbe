import { createHash } from 'node:crypto';

/** One entry of a history. */
export interface HistoryEntry {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  /** The process or part of the simulation that acts. */
  readonly source: string;
  readonly what: string;
  /** The reservation or request that it concerns; null when it concerns none. */
  readonly about: string | null;
}

/** The events of a run in order, as text for people. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  add(source: string, what: string, about?: string | null): void;
  /** Records that a request created a reservation. */
  link(requestTag: string, reservationId: string): void;
  /** The request that created the reservation; null when none is known. */
  requestOf(reservationId: string): string | null;
  /** A hash of all entries. */
  hash(): string;
}

/** Builds an empty history; `now` is world time. */
export function createHistory(now: () => number): History {
  const entries: HistoryEntry[] = [];
  const requests = new Map<string, string>();
  const startAt = now();
  return {
    entries,
    add(source, what, about = null) {
      entries.push({ atMs: now() - startAt, source, what, about });
    },
    link: (requestTag, reservationId) => void requests.set(reservationId, requestTag),
    requestOf: (reservationId) => requests.get(reservationId) ?? null,
    hash() {
      const hash = createHash('sha256');
      for (const { atMs, source, what, about } of entries) hash.update(`${atMs}\t${source}\t${what}\t${about}\n`);
      return hash.digest('hex').slice(0, 16);
    },
  };
}
