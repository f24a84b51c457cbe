/** Those who want to hear of commits. */
export interface CommitListeners {
  /** Returns what takes the listener out again. */
  add(listener: () => void): () => void;
  /** Calls every listener. */
  announce(): void;
}

/** Starts without any. */
export function createCommitListeners(): CommitListeners {
  const listeners = new Set<{ readonly listener: () => void }>();
  return {
    add(listener) {
      // Of its own, so that a function that was added twice is taken out once at a time.
      const entry = { listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    announce() {
      for (const { listener } of listeners) {
        try {
          listener();
        } catch {
          // What was committed stays committed, whatever becomes of those who hear of it.
        }
      }
    },
  };
}
