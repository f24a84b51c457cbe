import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import {
  type Migration,
  migrationScript,
  type MigrationStep,
  pendingMigrations,
  type SchemaStatus,
  schemaStatus,
} from '../../sql/migrations.ts';
import { connect, openConnection } from '../open/connection.ts';
import { toFault } from '../faults.ts';
import { migrate, schemaVersion, tryMigrations } from './migrate.ts';
import { assertPath, BUSY_TIMEOUT_BESIDE_MS, type SqliteStoreOptions } from '../open/open.ts';
import { SQLITE_MIGRATIONS } from './steps.ts';

/** Where the database is whose schema is looked at or changed. */
export type SqliteMigrationOptions = Pick<SqliteStoreOptions, 'path'>;

/** State of a database's schema; version 0 for a missing file. Changes nothing. @throws {ReservationError} As {@link migrateSqlite}. */
export async function readSqliteSchema({ path }: SqliteMigrationOptions): Promise<SchemaStatus> {
  return withUnchanged(path, (database, migrations) => schemaStatus(migrations, schemaVersion(database, migrations)));
}

/**
 * Migrates a database to the schema of this code, creating a missing file, and returns the missing steps, in order. With
 * `dryRun` they run in one transaction, which is rolled back, and no file is created. A server may be running.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNSUITABLE when the database is newer than this code or another
 * program's, or when durability is not available; STORE_CORRUPT; STORE_UNAVAILABLE.
 */
export async function migrateSqlite({
  path,
  dryRun = false,
}: SqliteMigrationOptions & { readonly dryRun?: boolean }): Promise<readonly MigrationStep[]> {
  if (dryRun) return withUnchanged(path, tryMigrations);
  assertPath(path);
  const database = await openConnection(path, BUSY_TIMEOUT_BESIDE_MS);
  return finish(database, migrate);
}

/** The statements that bring a database from version `after` (0: from nothing) to the schema of this code. */
export function sqliteMigrationScript(after: number): string {
  return migrationScript(pendingMigrations(SQLITE_MIGRATIONS, after));
}

type Work<Result> = (database: Database.Database, migrations: readonly Migration[]) => Result;

/** Works on the file as it is, or on an empty database in memory when there is none. */
function withUnchanged<Result>(path: string, work: Work<Result>): Result {
  assertPath(path);
  return finish(connect(existsSync(path) ? path : ':memory:', { timeout: BUSY_TIMEOUT_BESIDE_MS }), work);
}

function finish<Result>(database: Database.Database, work: Work<Result>): Result {
  try {
    return work(database, SQLITE_MIGRATIONS);
  } catch (error) {
    throw toFault(error, database.name);
  } finally {
    database.close();
  }
}
