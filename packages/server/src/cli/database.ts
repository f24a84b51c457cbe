import { statSync } from 'node:fs';
import type { ReservationStore } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { CONFIG_SETTINGS } from '../config.ts';
import type { Setting } from '../settings.ts';

/** Which database a command works on: the server's own setting, for a file that is there. */
export const DB_SETTING: Setting<string> = {
  ...CONFIG_SETTINGS.db,
  description: 'SQLite database of the server, which may be running',
};

/**
 * Works on a database beside whoever serves it, and closes it. Never makes one.
 * @throws {Error} when there is none at `path`; what opening and `work` throw.
 */
export async function withDatabase<Result>(
  path: string,
  work: (store: ReservationStore) => Promise<Result>,
): Promise<Result> {
  const file = statSync(path, { throwIfNoEntry: false });
  // SQLite takes an empty file for an empty database, and the schema would be made in it.
  if (file === undefined || !file.isFile() || file.size === 0) {
    throw new Error(`There is no database at ${path}. --db names it; nothing was made.`);
  }
  const store = await openSqliteStore({ path, exclusive: false });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
