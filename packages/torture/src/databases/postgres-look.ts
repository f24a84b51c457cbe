import type { ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import type { Database } from './database.ts';

/** Looks into a database with one store that stays open, and so has to outlive every fault as a server's does. */
export interface PostgresInspector extends Pick<Database, 'look'> {
  close(): Promise<void>;
}

/** Opens the store at the first look that finds the database. */
export function createPostgresInspector(connectionString: string): PostgresInspector {
  let opened: Promise<ReservationStore> | null = null;
  return {
    async look(what) {
      opened ??= openPostgresStore({ connectionString, poolMax: 2 });
      const opening = opened;
      const store = await opening.catch((error: unknown) => {
        if (opened === opening) opened = null;
        throw error;
      });
      return await what(store);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
