import { existsSync, statSync } from 'node:fs';
import type { Observer, ReservationStore } from '@reservations/core';
import { openPostgresStore, parsePostgresUrl } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import type { Config } from '../config.ts';
import { isPostgres } from '../setting-kinds.ts';
import { CommandFailure } from './report.ts';

/**
 * How long a serving process waits for a connection to PostgreSQL, and for a statement. The longest that a request
 * waits for a database that is away is 10 s then, each time it needs it: for the commit under way (3 s), a connection
 * (2 s), a statement (3.5 s), and 1 s in which an append is sent again. It is then answered 503, or with the id of its
 * reservation once that is on disk.
 */
export const SERVING_TIMEOUTS = { connectTimeoutMs: 2_000, statementTimeoutMs: 3_000 } as const;

/**
 * Opens the store that a server serves: PostgreSQL for a postgres:// URL, else a SQLite file, which it has to itself.
 * `onWarning` receives what could lose acknowledged reservations on SQLite; `observer` receives it on PostgreSQL, also
 * while the store is open.
 */
export function openStore(
  { db, dbPool, dbNotify, requireSchema }: Pick<Config, 'db' | 'dbPool' | 'dbNotify' | 'requireSchema'>,
  { onWarning, observer }: { readonly onWarning: (message: string) => void; readonly observer: Observer },
): Promise<ReservationStore> {
  const schema = requireSchema ? 'require' : 'upgrade';
  return isPostgres(db)
    ? openPostgresStore({
        connectionString: db,
        poolMax: dbPool,
        notify: dbNotify,
        schema,
        observer,
        ...SERVING_TIMEOUTS,
      })
    : openSqliteStore({ path: db, schema, onWarning });
}

/**
 * Opens it beside whoever serves it. Neither a file nor a table is ever made. `onWarning` hears what a reader should
 * know of the database.
 * @throws {Error} when there is no file at that path; STORE_UNSUITABLE when there are not our tables in it.
 */
export async function openStoreBeside(db: string, onWarning: (message: string) => void): Promise<ReservationStore> {
  // A tool needs one connection, and the servers need all others.
  if (isPostgres(db)) {
    return await openPostgresStore({ connectionString: db, poolMax: 1, schema: 'require', serving: false });
  }
  const file = statSync(db, { throwIfNoEntry: false });
  // SQLite takes an empty file for an empty database.
  if (file === undefined || !file.isFile() || file.size === 0) {
    throw new CommandFailure('database_not_found', `There is no database at ${db}. --db names it; nothing was made.`);
  }
  return await openSqliteStore({ path: db, exclusive: false, schema: 'require', onWarning });
}

/** Which database it is, for people: a URL without its password and without its parameters. */
export function describeStore(db: string): string {
  if (!isPostgres(db)) return db;
  const read = parsePostgresUrl(db);
  if (read.kind === 'faults') return 'PostgreSQL';
  const { user, place } = read.url;
  return `postgres://${user === null ? '' : `${encodeURIComponent(user)}@`}${place}`;
}

/** Whether a database would be a SQLite file that is not there. */
export function isMissingFile(db: string): boolean {
  return !isPostgres(db) && db !== ':memory:' && !existsSync(db);
}
