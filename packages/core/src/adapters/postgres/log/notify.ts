import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../open/connection.ts';

/**
 * The shortest time between two notifications: however many commits there are, a server sends a hundred a second at
 * the most, and whoever listens hears of a commit about this late.
 */
export const NOTIFY_INTERVAL_MS = 10;

/**
 * The channel of a store. It is named after its table of events, which is one and the same for all servers of the store
 * and no other store's, whatever the schemas are called.
 */
export const CHANNEL = "'reservations_' || 'events'::regclass::oid";

/** Tells other servers that there was a commit. */
export interface Notifier {
  /** Returns at once; what is asked for while a notification is under way is one more, later. */
  notify(): void;
  /** Sends what was asked for, and waits for it. */
  close(): Promise<void>;
}

/** Sends over these connections, each time in a transaction of its own; a notification that fails is lost. */
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
