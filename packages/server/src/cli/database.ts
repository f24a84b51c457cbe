import type { ReservationStore } from '@reservations/core';
import { CONFIG_SETTINGS } from '../config.ts';
import type { Setting } from '../settings.ts';
import type { CliContext } from './command.ts';
import { reportWarning } from './report.ts';
import { openStoreBeside } from './store.ts';

/** Which database a command works on: the server's own setting, for a database that is there. */
export const DB_SETTING: Setting<string> = {
  ...CONFIG_SETTINGS.db,
  description: 'Database of the server, which may be running: a SQLite file or a postgres:// URL',
};

/**
 * Works on a database beside whoever serves it, and closes it. Never makes one. What a reader should know of it goes
 * to standard error.
 * @throws {Error} when there is none at `db`; what opening and `work` throw.
 */
export async function withDatabase<Result>(
  db: string,
  context: CliContext,
  work: (store: ReservationStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStoreBeside(db, (warning) => reportWarning(context, warning));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
