import { statSync } from 'node:fs';
import type { ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';

/**
 * Opens the store that a server serves: PostgreSQL for a postgres:// URL, else a SQLite file, which it has to itself and
 * where nobody is notified.
 */
export function openStore(db: string, notify: boolean): Promise<ReservationStore> {
  return isPostgres(db) ? openPostgresStore({ connectionString: db, notify }) : openSqliteStore({ path: db });
}

/**
 * Opens it beside whoever serves it. A file that is not there is never made.
 * @throws {Error} when there is none at that path.
 */
export async function openStoreBeside(db: string): Promise<ReservationStore> {
  // A tool needs one connection, and the servers need all others.
  if (isPostgres(db)) return await openPostgresStore({ connectionString: db, poolMax: 1 });
  const file = statSync(db, { throwIfNoEntry: false });
  // SQLite takes an empty file for an empty database, and the schema would be made in it.
  if (file === undefined || !file.isFile() || file.size === 0) {
    throw new Error(`There is no database at ${db}. --db names it; nothing was made.`);
  }
  return await openSqliteStore({ path: db, exclusive: false });
}

/** Which database it is, for people: a URL without its password and without its parameters. */
export function describeStore(db: string): string {
  if (!isPostgres(db)) return db;
  if (!URL.canParse(db)) return 'PostgreSQL';
  const { username, host, pathname } = new URL(db);
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

function isPostgres(db: string): boolean {
  return /^postgres(ql)?:/i.test(db);
}
