import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/event-store.ts';

/** The pause of a follower, which a commit ends early. */
export interface CommitSignal {
  /** Forgets earlier commits. Called before a read, so that no commit between the read and the sleep is missed. */
  expect(): void;
  /** Sleeps for `ms`, or until a commit after {@link expect}, or until the follower's signal aborts. */
  sleep(ms: number): Promise<void>;
  /** Removes the listeners. */
  end(): void;
}

/** Adds the listener to the store. @throws {ReservationError} STORE_CLOSED */
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
      // Yields to the event loop also without a pause: reads of a store in this process never do.
      await clock.sleep(isCalled ? 0 : ms, nap.signal);
    },
    end() {
      removeListener();
      signal.removeEventListener('abort', wake);
    },
  };
}
