/** Listeners for commits. */
export interface CommitListeners {
  /** Adds a listener; returns an unsubscribe function. */
  add(listener: () => void): () => void;
  /** Calls every listener. */
  announce(): void;
}

/** Creates an empty set. */
export function createCommitListeners(): CommitListeners {
  const listeners = new Set<{ readonly listener: () => void }>();
  return {
    add(listener) {
      // An object of its own, so that a function added twice is removed one registration at a time.
      const entry = { listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    announce() {
      for (const { listener } of listeners) {
        try {
          listener();
        } catch {
          // An error of a listener must not affect the commit.
        }
      }
    },
  };
}
