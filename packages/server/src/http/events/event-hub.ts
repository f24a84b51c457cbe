import { followEvents, type ReservationStore } from '@reservations/core';
import type { Logger } from 'pino';
import { encodeFeedEvent, type StreamEntry } from './event-text.ts';
import { createRecentEvents, type RecentBounds, type RecentEvents, type RecentText } from './recent-events.ts';
import { createWakeRounds } from './wake-rounds.ts';

/** What the hub keeps for readers that are a little behind; others read the store. */
const RECENT: RecentBounds = { entriesMax: 1_000, charactersMax: 1_048_576 };

/** Options of {@link createEventHub}. */
export interface EventHubOptions {
  readonly store: Pick<ReservationStore, 'events'>;
  readonly logger?: Logger | undefined;
  /** Aborts when all streams must end. */
  readonly stopping?: AbortSignal | undefined;
  readonly recent?: RecentBounds;
}

/** One follower of the log for all streams of a server. It follows while there are readers. */
export interface EventHub {
  /** Adds a reader. `end` is a position of the log: the follower begins behind it, or has begun before. */
  join(end: number): HubReader;
}

/** A reader of the hub, which takes what it needs: nothing is kept for it. */
export interface HubReader {
  /** Returns the events behind a position; null when the first of them has to be read from the store. */
  behind(position: number): readonly StreamEntry[] | null;
  /** Returns the text of the same events, which is made once for all readers at a position; null as {@link behind}. */
  textBehind(position: number): RecentText | null;
  /** Position that the follower has reached. */
  reached(): number;
  /** True when no more events come: the server stops, or the log cannot be followed. */
  hasEnded(): boolean;
  /** Resolves with new events, with the end, with {@link leave}, or after the time. */
  wait(timeoutMs: number): Promise<void>;
  /** Removes the reader; may be called again. */
  leave(): void;
  /** Aborts with the end and with {@link leave}. */
  readonly signal: AbortSignal;
}

/** A run of the follower, with those who read it. */
interface Run {
  readonly recent: RecentEvents;
  readonly readers: Set<AbortController>;
  readonly wakers: Set<() => void>;
  readonly following: AbortController;
}

/** Creates a hub that does not follow yet. */
export function createEventHub({ store, logger, stopping, recent = RECENT }: EventHubOptions): EventHub {
  let current: Run | null = null;
  stopping?.addEventListener('abort', () => {
    if (current !== null) endRun(current);
  });

  function endRun(run: Run): void {
    if (current === run) current = null;
    run.following.abort();
    for (const reader of run.readers) reader.abort();
    wake(run);
  }

  async function follow(run: Run, after: number): Promise<void> {
    const wakeSoon = createWakeRounds(run.wakers);
    const { signal } = run.following;
    try {
      for await (const event of followEvents(store, { after, signal, observer: logFaults(logger) })) {
        run.recent.add(encodeFeedEvent(event));
        wakeSoon();
      }
    } catch (error) {
      if (!signal.aborted) logger?.error({ kind: 'event-stream-fault', err: error }, FAULT_TEXT);
    }
    endRun(run);
  }

  function start(end: number): Run {
    const run: Run = {
      recent: createRecentEvents(end, recent),
      readers: new Set(),
      wakers: new Set(),
      following: new AbortController(),
    };
    if (stopping?.aborted === true) run.following.abort();
    else {
      current = run;
      void follow(run, end);
    }
    return run;
  }

  return {
    join(end) {
      const run = current ?? start(end);
      const reader = new AbortController();
      let stopWaiting = (): void => undefined;
      run.readers.add(reader);
      if (run.following.signal.aborted) reader.abort();
      return {
        behind: (position) => run.recent.behind(position),
        textBehind: (position) => run.recent.textBehind(position),
        reached: () => run.recent.reached(),
        hasEnded: () => run.following.signal.aborted,
        wait(timeoutMs) {
          const { promise, stop } = wait(run, timeoutMs);
          stopWaiting = stop;
          return promise;
        },
        signal: reader.signal,
        leave() {
          if (!run.readers.delete(reader)) return;
          reader.abort();
          // Of the others none is woken: a thousand that leave together would wake each other a million times.
          stopWaiting();
          if (run.readers.size === 0) endRun(run);
        },
      };
    },
  };
}

const FAULT_TEXT = 'the log of events cannot be followed: its streams end';

function wait({ wakers }: Run, timeoutMs: number): { readonly promise: Promise<void>; readonly stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  function done(): void {
    clearTimeout(timer);
    wakers.delete(done);
    resolve();
  }
  const timer = setTimeout(done, timeoutMs);
  wakers.add(done);
  return { promise, stop: done };
}

function wake({ wakers }: Run): void {
  for (const each of wakers) each();
}

function logFaults(logger: Logger | undefined): (seen: { readonly kind: string; readonly error?: unknown }) => void {
  return ({ kind, error }) => logger?.warn({ kind, err: error }, 'the events cannot be read; trying again');
}
