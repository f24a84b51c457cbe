import type { Observer } from '../../ports/observer.ts';

/** How an append of a committed group ended. */
export type AppendFate = 'appended' | 'replayed' | 'conflict' | 'key-taken' | 'lease-lost';

/** Counts the appends of the group whose commit is running, and reports the group. One group at a time. */
export interface CommitMeter {
  /** Drops what was counted: a transaction begins, perhaps in place of one that was rolled back. */
  reset(): void;
  /** Counts one append and the events that it has written. */
  count(fate: AppendFate, events: number): void;
  /** Reports the committed group, unless it had no append. Times are milliseconds. */
  report(waitMs: number, durationMs: number): void;
}

/** Builds a meter that reports each group to the observer. Stores without an observer have no meter and count nothing. */
export function createCommitMeter(observer: Observer): CommitMeter {
  let counts = noneCounted();
  return {
    reset() {
      counts = noneCounted();
    },
    count(fate, events) {
      counts.appends += 1;
      if (fate === 'appended') counts.events += events;
      else counts[COUNTED_AS[fate]] += 1;
    },
    report(waitMs, durationMs) {
      if (counts.appends > 0) observer({ kind: 'appends-committed', ...counts, waitMs, durationMs });
    },
  };
}

const COUNTED_AS = {
  replayed: 'replays',
  conflict: 'conflicts',
  'key-taken': 'keysTaken',
  'lease-lost': 'leasesLost',
} as const;

function noneCounted() {
  return { appends: 0, events: 0, conflicts: 0, replays: 0, keysTaken: 0, leasesLost: 0 };
}
