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
  /** Returns the text of the events behind a position; null when the first of them is not kept any more. */
  textBehind(position: number): RecentText | null;
  /** Position of the last event. */
  reached(): number;
}

/** The text of some events, to be sent as it is. */
export interface RecentText {
  /** Empty when there are no events. */
  readonly bytes: Buffer;
  /** Position of the last of them, or the one that was asked for. */
  readonly reached: number;
}

/** Keeps the events behind `start`, within bounds: the oldest are dropped. */
export function createRecentEvents(start: number, { entriesMax, charactersMax }: RecentBounds): RecentEvents {
  const entries: StreamEntry[] = [];
  let before = start;
  let characters = 0;
  // Most readers ask for the same.
  let last: RecentText & { readonly behind: number } = { behind: -1, bytes: Buffer.alloc(0), reached: -1 };

  function behind(position: number): readonly StreamEntry[] | null {
    return position < before ? null : entries.slice(position - before);
  }

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
    behind,
    textBehind(position) {
      const reached = before + entries.length;
      if (last.behind === position && last.reached === reached) return last;
      const found = behind(position);
      if (found === null) return null;
      last = { behind: position, reached, bytes: Buffer.from(found.map(({ text }) => text).join('')) };
      return last;
    },
    reached: () => before + entries.length,
  };
}
