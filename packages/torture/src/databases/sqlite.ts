import { join } from 'node:path';
import { openSqliteStore } from '@reservations/core/sqlite';
import type { StoreKind } from './database.ts';

/** How long whoever looks on waits for a lock; the harness stands still for as long. */
const BUSY_TIMEOUT_MS = 100;

const FOLLOW_EVERY_MS = 300;

/** A SQLite file and its only server. */
export const sqlite: StoreKind = {
  servers: 1,
  refusesMore: true,
  create(folder) {
    const path = join(folder, 'reservations.db');
    return Promise.resolve({
      serverArgs: ['--db', path],
      faults: [],
      allowedExit: null,
      followEveryMs: FOLLOW_EVERY_MS,
      // Opened anew each time: whoever kept it open would spare a restarted server the recovery after a crash.
      async look(what) {
        const store = await openSqliteStore({ path, exclusive: false, busyTimeoutMs: BUSY_TIMEOUT_MS });
        try {
          return await what(store);
        } finally {
          await store.close();
        }
      },
      drop: () => Promise.resolve(),
    });
  },
};
