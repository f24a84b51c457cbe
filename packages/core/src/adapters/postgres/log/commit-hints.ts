import { createCommitListeners } from '../../support/commit-listeners.ts';
import type { ConnectionOptions, Run } from '../open/connection.ts';
import { listen } from './listen.ts';
import { createNotifier } from './notify.ts';

/** Signals commits to those who follow the log. */
export interface CommitHints {
  /** Reports that this store committed appends. */
  committed(): void;
  /** Adds a listener; returns an unsubscribe function. */
  add(listener: () => void): () => void;
  /** Closes connections and timers. */
  close(): Promise<void>;
}

/** Signals within this process only. */
export function createLocalHints(): CommitHints {
  const listeners = createCommitListeners();
  return { committed: listeners.announce, add: listeners.add, close: () => Promise.resolve() };
}

/** Signals between all processes that do so; holds a connection while there are listeners. */
export function createNotifiedHints(run: Run, options: ConnectionOptions): CommitHints {
  const listeners = createCommitListeners();
  const notifier = createNotifier(run);
  const connections = new Set<Promise<void>>();
  let listening = new AbortController();
  let count = 0;

  function connect(): void {
    listening = new AbortController();
    const connection = listen(options, listeners.announce, listening.signal);
    connections.add(connection);
    void connection.finally(() => connections.delete(connection));
  }

  return {
    committed() {
      listeners.announce();
      notifier.notify();
    },
    add(listener) {
      const remove = listeners.add(listener);
      let isListening = true;
      count += 1;
      if (count === 1) connect();
      return () => {
        if (!isListening) return;
        isListening = false;
        remove();
        count -= 1;
        if (count === 0) listening.abort();
      };
    },
    async close() {
      listening.abort();
      await Promise.all([...connections, notifier.close()]);
    },
  };
}
