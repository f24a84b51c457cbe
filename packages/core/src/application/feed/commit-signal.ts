import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/event-store.ts';

/** A follower's sleep, which a commit ends. */
export interface CommitSignal {
  /** Counts only the commits from now on: called before a read, so that none falls between the read and the sleep. */
  expect(): void;
  /** Sleeps for `ms`, or until a commit since {@link expect}, or until the follower's end. */
  sleep(ms: number): Promise<void>;
  /** Hears no more of commits. */
  end(): void;
}

/** Begins to listen for commits. @throws {ReservationError} STORE_CLOSED */
export function createCommitSignal(events: EventStore, clock: Clock, signal: AbortSignal): CommitSignal {
  let isCalled = false;
  let nap = new AbortController();
  const wake = (): void => nap.abort();
  const removeListener = events.onCommit(() => {
    isCalled = true;
    wake();
  });
  signal.addEventListener('abort', wake);
  return {
    expect() {
      isCalled = false;
    },
    async sleep(ms) {
      nap = new AbortController();
      if (signal.aborted) return;
      // Even without a pause others get their turn: a store in this process answers without ever letting go of it.
      await clock.sleep(isCalled ? 0 : ms, nap.signal);
    },
    end() {
      removeListener();
      signal.removeEventListener('abort', wake);
    },
  };
}
