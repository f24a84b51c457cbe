import { createHash } from 'node:crypto';

/** One thing that happened. */
export interface HistoryEntry {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  /** The reservation or the request that it is about; null when it is about none. */
  readonly about: string | null;
}

/** All that happened in a run, in order. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  add(who: string, what: string, about?: string | null): void;
  /** Notes that a request led to a reservation. */
  link(requestTag: string, reservationId: string): void;
  /** The request that led to the reservation; null when none is known. */
  requestOf(reservationId: string): string | null;
  /** Equal for equal histories. */
  hash(): string;
}

/** Builds an empty history; `now` is world time. */
export function createHistory(now: () => number): History {
  const entries: HistoryEntry[] = [];
  const requests = new Map<string, string>();
  const startAt = now();
  return {
    entries,
    add(who, what, about = null) {
      entries.push({ atMs: now() - startAt, who, what, about });
    },
    link: (requestTag, reservationId) => void requests.set(reservationId, requestTag),
    requestOf: (reservationId) => requests.get(reservationId) ?? null,
    hash() {
      const hash = createHash('sha256');
      for (const { atMs, who, what, about } of entries) hash.update(`${atMs}\t${who}\t${what}\t${about}\n`);
      return hash.digest('hex').slice(0, 16);
    },
  };
}
