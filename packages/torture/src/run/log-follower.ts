import { isReservationError, type ReservationStore } from '@reservations/core';
import { READ_LIMIT_MAX } from '@reservations/core/ports';
import { pause } from '../support/pause.ts';
import type { Database } from '../databases/database.ts';
import type { Follower } from '../evidence/evidence.ts';

/** A running follower of the log. */
export interface LogFollower extends Follower {
  /** Reads to the end of the log, then stops. */
  stop(): Promise<void>;
}

/** Starts a follower that reads on from the last position at each interval. */
export function startLogFollower(database: Database): LogFollower {
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
      // A server that is killed or paused during a commit holds its locks.
      await database.inspect(readOn).catch((error: unknown) => {
        if (!isReservationError(error, 'STORE_UNAVAILABLE')) throw error;
      });
    }
    await database.inspect(readOn);
  }

  const running = run();
  // stop() reports a fault; until then it is not unhandled.
  running.catch(() => undefined);
  return {
    eventIds,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
