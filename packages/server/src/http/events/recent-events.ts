import type { StreamEntry } from './event-text.ts';

/** Bounds of {@link createRecentEvents}. */
export interface RecentBounds {
  readonly entriesMax: number;
  /** In UTF-16 code units; one entry is kept whatever its size. */
  readonly charactersMax: number;
}

/** The last events of the log, without a gap. */
export interface RecentEvents {
  add(entry: StreamEntry): void;
  /** Returns the events behind a position; null when the first of them is not kept any more. */
  behind(position: number): readonly StreamEntry[] | null;
  /** Position of the last event. */
  reached(): number;
}

/** Keeps the events behind `start`, within bounds: the oldest are dropped. */
export function createRecentEvents(start: number, { entriesMax, charactersMax }: RecentBounds): RecentEvents {
  const entries: StreamEntry[] = [];
  let before = start;
  let characters = 0;
  return {
    add(entry) {
      entries.push(entry);
      characters += entry.text.length;
      while (entries.length > 1 && (entries.length > entriesMax || characters > charactersMax)) {
        const dropped = entries.shift();
        characters -= dropped?.text.length ?? 0;
        before = dropped?.position ?? before;
      }
    },
    behind: (position) => (position < before ? null : entries.slice(position - before)),
    reached: () => before + entries.length,
  };
}
