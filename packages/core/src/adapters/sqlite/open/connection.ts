import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Database } from '../driver.ts';
import { ReservationError } from '../../../errors.ts';
import { assertDurable, setDurable } from './durability.ts';
import type { Migration } from '../../sql/migrations.ts';
import { toFault } from '../faults.ts';
import { requireSchema } from '../schema/migrate.ts';

/**
 * Opens a file, creating it when missing, with commits that survive a power failure.
 * @throws {ReservationError} STORE_UNSUITABLE when durability is not available; STORE_CORRUPT; STORE_UNAVAILABLE.
 */
export async function openConnection(path: string, busyTimeoutMs: number): Promise<Database.Database> {
  const database = connect(path, { timeout: busyTimeoutMs });
  return await asDurable(database, path, busyTimeoutMs);
}

/**
 * Like {@link openConnection}, but only for a file whose schema is current; any other file is left unchanged, including
 * its journal mode.
 * @throws {ReservationError} STORE_UNSUITABLE when the schema is not current; else as {@link openConnection}.
 */
export async function openCurrent(
  path: string,
  busyTimeoutMs: number,
  migrations: readonly Migration[],
): Promise<Database.Database> {
  const database = connect(path, { timeout: busyTimeoutMs, fileMustExist: path !== ':memory:' });
  try {
    requireSchema(database, migrations);
  } catch (error) {
    database.close();
    throw toFault(error, path);
  }
  return await asDurable(database, path, busyTimeoutMs);
}

/** Like {@link openConnection}, but only for a file that exists. */
export async function openExisting(path: string, busyTimeoutMs: number): Promise<Database.Database> {
  return await asDurable(connect(path, { timeout: busyTimeoutMs, fileMustExist: true }), path, busyTimeoutMs);
}

/** Opens a file without changing settings; creates it unless `options` require that it exists. */
export function connect(path: string, options: Database.Options): Database.Database {
  try {
    return new Database(path, options);
  } catch (error) {
    throw new ReservationError('STORE_UNAVAILABLE', `${path} cannot be opened: ${String(error)}`, { cause: error });
  }
}

async function asDurable(database: Database.Database, path: string, busyTimeoutMs: number): Promise<Database.Database> {
  try {
    await setDurableWhenFree(database, busyTimeoutMs);
    assertDurable(database);
    return database;
  } catch (error) {
    database.close();
    throw toFault(error, path);
  }
}

/** Pause between two attempts to switch a new file to WAL. */
const WAL_RETRY_PAUSE_MS = 10;

/** SQLite does not always apply its busy timeout to the switch to WAL, which two processes may attempt at once. */
async function setDurableWhenFree(database: Database.Database, busyTimeoutMs: number): Promise<void> {
  const giveUpAt = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      setDurable(database);
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || performance.now() >= giveUpAt) throw error;
    }
    await wait(WAL_RETRY_PAUSE_MS);
  }
}
