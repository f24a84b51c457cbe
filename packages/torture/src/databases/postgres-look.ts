import type { ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import type { Excuse } from '../processes/life.ts';
import type { Database } from './database.ts';

/** Looks into a database with one store that stays open, and so has to outlive every fault as a server's does. */
export interface PostgresLook extends Pick<Database, 'look'> {
  close(): Promise<void>;
}

/** Opens the store at the first look that finds the database. */
export function createPostgresLook(connectionString: string): PostgresLook {
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

/** Keeps in mind when the database was away. */
export interface Absence {
  /** For servers that do not find it. */
  readonly excuse: Excuse;
  /** Does something during which it is away. */
  during(fault: () => Promise<void>): Promise<void>;
}

/** What a server says that cannot start. */
const NOT_FOUND = /PostgreSQL cannot be used now/;

/** A server that began a moment after the fault may still have been turned away by what was left of it. */
const AFTERMATH_MS = 1_000;

/** A database that was never away. */
export function createAbsence(): Absence {
  let backAt = Number.NEGATIVE_INFINITY;
  let absences = 0;
  return {
    excuse: { words: NOT_FOUND, until: () => backAt },
    async during(fault) {
      absences += 1;
      backAt = Number.POSITIVE_INFINITY;
      try {
        await fault();
      } finally {
        absences -= 1;
        if (absences === 0) backAt = performance.now() + AFTERMATH_MS;
      }
    },
  };
}
