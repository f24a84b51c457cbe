import type { ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import type { Database } from './database.ts';

/** Inspects a database with one store that stays open, and so meets every fault as a server's store does. */
export interface PostgresInspector extends Pick<Database, 'inspect'> {
  close(): Promise<void>;
}

/** Opens the store at the first inspection that reaches the database. */
export function createPostgresInspector(connectionString: string): PostgresInspector {
  let opened: Promise<ReservationStore> | null = null;
  return {
    async inspect(work) {
      opened ??= openPostgresStore({ connectionString, poolMax: 2 });
      const opening = opened;
      const store = await opening.catch((error: unknown) => {
        if (opened === opening) opened = null;
        throw error;
      });
      return await work(store);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
