import { isReservationError, READ_LIMIT_MAX, type ReservationStore } from '@reservations/core';
import { pause } from '../support/pause.ts';
import type { Database } from '../databases/database.ts';
import type { Follower } from './evidence.ts';

/** Follows the log beside the servers. */
export interface Following extends Follower {
  /** Reads to the end once more, then ends. */
  stop(): Promise<void>;
}

/** Reads on from the last position again and again. */
export function follow(database: Database): Following {
  const eventIds: string[] = [];
  const stopping = new AbortController();
  let after = 0;

  async function readOn(store: ReservationStore): Promise<void> {
    for (;;) {
      const page = await store.events.readAll({ after, limit: READ_LIMIT_MAX });
      eventIds.push(...page.map(({ id }) => id));
      after = page.at(-1)?.position ?? after;
      if (page.length === 0) return;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(database.followEveryMs, stopping.signal);
      // A server that is killed or paused in the middle of a commit keeps others waiting.
      await database.look(readOn).catch((error: unknown) => {
        if (!isReservationError(error, 'STORE_UNAVAILABLE')) throw error;
      });
    }
    await database.look(readOn);
  }

  const running = run();
  // Whoever stops it hears of a fault; until then nobody listens.
  running.catch(() => undefined);
  return {
    eventIds,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
