import type Database from 'better-sqlite3';
import { type Migration, migrationsFor, MIGRATIONS_TABLE, pendingMigrations } from '../sql/migrations.ts';
import type { SqlDialect } from '../sql/schema.ts';
import { VIEW_WITH_OWN_INDEXES } from './view-schema.ts';

/** SQLite compares texts byte by byte already, and keeps a table without a rowid in the order of its key. */
export const SQLITE_DIALECT: SqlDialect = {
  keyText: 'text',
  keyedTable: ' without rowid',
  initialExtras: [],
  secondExtras: VIEW_WITH_OWN_INDEXES,
};

/**
 * Brings the database to the schema of this code, each migration in a transaction of its own. Any number of
 * processes may do so at once: each step is decided under the write lock.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code.
 */
export function migrate(database: Database.Database, migrations: readonly Migration[]): void {
  while (applyNext(database, migrations));
}

function applyNext(database: Database.Database, migrations: readonly Migration[]): boolean {
  const step = database.transaction((): boolean => {
    database.exec(MIGRATIONS_TABLE);
    const [next] = pendingMigrations(migrations, schemaVersion(database));
    if (next === undefined) return false;
    for (const statement of next.statements) database.exec(statement);
    database.prepare('insert into schema_migrations (version, name) values (?, ?)').run(next.version, next.name);
    return true;
  });
  return step.immediate();
}

/**
 * Fails when a newer release has changed the schema meanwhile.
 * @throws {ReservationError} STORE_UNSUITABLE
 */
export function assertKnownSchema(database: Database.Database): void {
  pendingMigrations(migrationsFor(SQLITE_DIALECT), schemaVersion(database));
}

function schemaVersion(database: Database.Database): number {
  return Number(database.prepare('select coalesce(max(version), 0) from schema_migrations').pluck().get());
}
