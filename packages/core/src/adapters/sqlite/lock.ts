import { realpathSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ReservationError } from '../../errors.ts';
import { toFault } from './faults.ts';

/** The right to serve a database file. */
export interface ServingLock {
  release(): void;
}

/**
 * Takes the right to serve an existing database file: an exclusive transaction on a second, empty database beside
 * it. The operating system lets go of it when the process ends, however it ends.
 * @throws {ReservationError} STORE_IN_USE when another store, here or in another process, serves the file.
 */
export function acquireServingLock(path: string): ServingLock {
  // One file has one lock, whatever links lead to it.
  const file = realpathSync(path);
  let database: Database.Database | null = null;
  try {
    database = new Database(`${file}-lock`, { timeout: 0 });
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new ReservationError(
        'STORE_IN_USE',
        `${file} is already being served: one process serves a database file`,
        {
          cause: error,
        },
      );
    }
    throw toFault(error, `${file}-lock`);
  }
  const held = database;
  return { release: () => held.close() };
}
