import { join } from 'node:path';
import type { ReservationStore } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';

/** A database that servers can be put on. */
export interface StoreKind {
  /** How many servers work on one database. */
  readonly servers: number;
  /** True when one more is refused. */
  readonly refusesMore: boolean;
  /** Makes a database of this kind, empty, with its files in `folder`. */
  create(folder: string): Promise<Database>;
}

/** One database for one run. */
export interface Database {
  /** Arguments that put a server on it. */
  readonly serverArgs: readonly string[];
  /** Opens it beside the servers, looks, and closes it. It must be there already. */
  look<Seen>(what: (store: ReservationStore) => Promise<Seen>): Promise<Seen>;
  /** Removes what is not inside of the folder. */
  drop(): Promise<void>;
}

/** How long whoever looks on waits for a lock; the harness stands still for as long. */
const BUSY_TIMEOUT_MS = 100;

/** The databases that can be tortured. */
export const STORE_KINDS = {
  sqlite: {
    servers: 1,
    refusesMore: true,
    create(folder) {
      const path = join(folder, 'reservations.db');
      return Promise.resolve({
        serverArgs: ['--db', path],
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
  },
} as const satisfies Readonly<Record<string, StoreKind>>;

/** A name of one of the {@link STORE_KINDS}. */
export type StoreKindName = keyof typeof STORE_KINDS;
