import type Database from 'better-sqlite3';
import { ReservationError } from '../../../errors.ts';

/** Older versions can lose commits when a WAL file is reset while another connection writes. */
export const SQLITE_VERSION_MIN = '3.51.3';

const SYNCHRONOUS_FULL = 2;

/** Requests commits that survive a power failure. WAL is a property of the file, the rest of this connection. */
export function setDurable(database: Database.Database): void {
  if (!database.memory) database.pragma('journal_mode = wal');
  database.pragma('synchronous = full');
  // On macOS a plain fsync stops at the disk's cache; elsewhere these two have no effect.
  database.pragma('fullfsync = on');
  database.pragma('checkpoint_fullfsync = on');
}

/**
 * Verifies the settings of {@link setDurable}.
 * @throws {ReservationError} STORE_UNSUITABLE when a setting, or the library, does not meet them.
 */
export function assertDurable(database: Database.Database): void {
  const version = String(database.prepare('select sqlite_version()').pluck().get());
  if (!isAtLeast(version, SQLITE_VERSION_MIN)) {
    throw unsuitable(database, `SQLite ${SQLITE_VERSION_MIN} or newer`, version);
  }
  const journalMode = database.pragma('journal_mode', { simple: true });
  if (!database.memory && journalMode !== 'wal') throw unsuitable(database, 'journal_mode wal', journalMode);
  const synchronous = database.pragma('synchronous', { simple: true });
  if (synchronous !== SYNCHRONOUS_FULL) throw unsuitable(database, 'synchronous 2 (FULL)', synchronous);
}

/** Compares dotted versions number by number. */
export function isAtLeast(version: string, minimum: string): boolean {
  const actual = version.split('.').map(Number);
  for (const [index, wanted] of minimum.split('.').map(Number).entries()) {
    const part = actual[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

function unsuitable(database: Database.Database, expected: string, found: unknown): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', `${database.name} needs ${expected}, found ${String(found)}`);
}
