import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../open/connection.ts';

/**
 * Shortest interval between two notifications: a server sends at most a hundred a second, and a listener learns of a
 * commit about this late.
 */
export const NOTIFY_INTERVAL_MS = 10;

/**
 * Name of a store's channel, derived from the oid of its table of events: the same for all servers of the store and for
 * no other store, whatever the schemas are called.
 */
export const CHANNEL = "'reservations_' || 'events'::regclass::oid";

/** Notifies other servers of commits. */
export interface Notifier {
  /** Returns at once; a request during a notification causes one more afterwards. */
  notify(): void;
  /** Sends a pending notification and waits for it. */
  close(): Promise<void>;
}

/** Sends over these connections, each notification in its own transaction; a failed one is lost. */
export function createNotifier(run: Run): Notifier {
  const closing = new AbortController();
  let isWanted = false;
  let sending: Promise<void> | null = null;

  async function send(): Promise<void> {
    while (isWanted) {
      isWanted = false;
      const pause = wait(NOTIFY_INTERVAL_MS, undefined, { signal: closing.signal });
      await Promise.allSettled([run({ text: `select pg_notify(${CHANNEL}, '')`, values: [] }), pause]);
    }
    sending = null;
  }

  return {
    notify() {
      isWanted = true;
      sending ??= send();
    },
    async close() {
      closing.abort();
      await sending;
    },
  };
}
