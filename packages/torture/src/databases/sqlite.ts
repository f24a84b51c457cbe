import { join } from 'node:path';
import { openSqliteStore } from '@reservations/core/sqlite';
import type { StoreKind } from './database.ts';

/** Lock time-out of the inspector. It blocks this process. */
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
      // Opened for each inspection: an open store would do the recovery after a crash in place of the server.
      async inspect(work) {
        const store = await openSqliteStore({ path, exclusive: false, busyTimeoutMs: BUSY_TIMEOUT_MS });
        try {
          return await work(store);
        } finally {
          await store.close();
        }
      },
      drop: () => Promise.resolve(),
    });
  },
};
