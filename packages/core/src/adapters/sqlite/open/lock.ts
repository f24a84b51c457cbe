import { realpathSync } from 'node:fs';
import { Database } from '../driver.ts';
import { ReservationError } from '../../../errors.ts';
import { toFault } from '../faults.ts';

/** The right to serve a database file. */
export interface ServingLock {
  /** The file that is locked. */
  readonly path: string;
  release(): void;
}

/**
 * Takes the right to serve an existing database file: an exclusive transaction on a second, empty database beside it.
 * The operating system releases it when the process ends, however it ends.
 * @throws {ReservationError} STORE_IN_USE when another store, here or in another process, serves the file;
 * STORE_UNAVAILABLE when the lock file cannot be written, for example because another user created it.
 */
export function acquireServingLock(path: string): ServingLock {
  // One lock for each file, whatever symbolic links lead to it.
  const file = realpathSync(path);
  const lockPath = `${file}-lock`;
  let database: Database.Database | null = null;
  try {
    database = new Database(lockPath, { timeout: 0 });
    // A read-only file is opened as well, and an exclusive transaction on it locks nothing: only a write shows that. The
    // write stays in memory, since it is never committed.
    database.exec('pragma journal_mode = memory; begin exclusive; pragma user_version = 1');
  } catch (error) {
    database?.close();
    throw toLockFault(error, file, lockPath);
  }
  const held = database;
  return { path: lockPath, release: () => held.close() };
}

function toLockFault(error: unknown, file: string, lockPath: string): unknown {
  if (!(error instanceof Database.SqliteError)) return toFault(error, lockPath);
  if (error.code.startsWith('SQLITE_BUSY')) {
    const message = `${file} is already being served: one process serves a database file`;
    return new ReservationError('STORE_IN_USE', message, { cause: error });
  }
  if (error.code.startsWith('SQLITE_READONLY') || error.code.startsWith('SQLITE_CANTOPEN')) {
    const message =
      `${lockPath} cannot be locked, because this process cannot write it (${error.code}): give this user the file and ` +
      'its directory, or remove what is there while no server is running';
    return new ReservationError('STORE_UNAVAILABLE', message, { cause: error });
  }
  return toFault(error, lockPath);
}
