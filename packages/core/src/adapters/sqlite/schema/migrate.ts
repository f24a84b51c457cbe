import { Database } from '../driver.ts';
import {
  APPLIED_MIGRATIONS,
  appliedVersion,
  assertCurrent,
  foreignSchema,
  type Migration,
  MIGRATIONS_TABLE,
  type MigrationStep,
  pendingMigrations,
  toStep,
} from '../../sql/migrations.ts';

/**
 * Brings the database to the schema of this code, each migration in a transaction of its own; returns those that it
 * applied. Any number of processes may do so at once: each step is decided under the write lock.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code, or another program's.
 */
export function migrate(database: Database.Database, migrations: readonly Migration[]): readonly MigrationStep[] {
  const applied: MigrationStep[] = [];
  const step = database.transaction(() => applyNext(database, migrations));
  for (let next = step.immediate(); next !== undefined; next = step.immediate()) applied.push(toStep(next));
  return applied;
}

/** Applies all that is pending in one transaction and undoes it; returns what would be applied. */
export function tryMigrations(database: Database.Database, migrations: readonly Migration[]): readonly MigrationStep[] {
  const applied: MigrationStep[] = [];
  database.exec('begin immediate');
  try {
    for (let next = applyNext(database, migrations); next !== undefined; next = applyNext(database, migrations)) {
      applied.push(toStep(next));
    }
  } finally {
    if (database.inTransaction) database.exec('rollback');
  }
  return applied;
}

/**
 * The version of the schema; 0 when none of our tables is there. Reads only.
 * @throws {ReservationError} STORE_UNSUITABLE when it is newer than this code, or another program's.
 */
export function schemaVersion(database: Database.Database, migrations: readonly Migration[]): number {
  const found = database.prepare("select 1 from sqlite_schema where type = 'table' and name = 'schema_migrations'");
  return found.get() === undefined ? 0 : appliedVersion(migrations, appliedSteps(database));
}

/** @throws {ReservationError} STORE_UNSUITABLE unless the database has the schema of this code. Reads only. */
export function requireSchema(database: Database.Database, migrations: readonly Migration[]): void {
  assertCurrent(migrations, schemaVersion(database, migrations));
}

/** Within a transaction that holds the write lock. */
function applyNext(database: Database.Database, migrations: readonly Migration[]): Migration | undefined {
  database.exec(MIGRATIONS_TABLE);
  const [next] = pendingMigrations(migrations, schemaVersion(database, migrations));
  if (next === undefined) return undefined;
  for (const statement of next.statements) database.exec(statement);
  database.prepare('insert into schema_migrations (version, name) values (?, ?)').run(next.version, next.name);
  return next;
}

function appliedSteps(database: Database.Database): readonly MigrationStep[] {
  try {
    return database.prepare<[], MigrationStep>(APPLIED_MIGRATIONS).all();
  } catch (error) {
    // A column that is not there.
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR') throw foreignSchema(error);
    throw error;
  }
}
