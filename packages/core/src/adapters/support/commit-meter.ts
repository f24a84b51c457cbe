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
      switch (fate) {
        case 'appended':
          counts.events += events;
          return;
        case 'replayed':
          counts.replays += 1;
          return;
        case 'conflict':
          counts.conflicts += 1;
          return;
        case 'key-taken':
          counts.keysTaken += 1;
          return;
        case 'lease-lost':
          counts.leasesLost += 1;
          return;
      }
    },
    report(waitMs, durationMs) {
      if (counts.appends > 0) observer({ kind: 'appends-committed', ...counts, waitMs, durationMs });
    },
  };
}

interface Counts {
  appends: number;
  events: number;
  conflicts: number;
  replays: number;
  keysTaken: number;
  leasesLost: number;
}

function noneCounted(): Counts {
  return { appends: 0, events: 0, conflicts: 0, replays: 0, keysTaken: 0, leasesLost: 0 };
}
