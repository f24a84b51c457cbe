import { ReservationError } from '../../errors.ts';
import { checkOneOf } from '../../options.ts';

/** Version and name of a step of the schema. */
export interface MigrationStep {
  readonly version: number;
  readonly name: string;
}

/** One step of the schema. A released step never changes; each is applied in its own transaction. */
export interface Migration extends MigrationStep {
  readonly statements: readonly string[];
}

/** State of a database's schema. */
export interface SchemaStatus {
  /** 0 for a database without tables of this package, or a missing one. */
  readonly current: number;
  /** Version that this code needs. */
  readonly newest: number;
  /** The missing steps, in order. */
  readonly pending: readonly MigrationStep[];
}

/** Whether opening a store creates and migrates its tables, or fails unless the schema is current. */
export type SchemaMode = 'upgrade' | 'require';

/** @throws {ReservationError} INVALID_OPTION for another value. */
export function assertSchemaMode(schema: SchemaMode): void {
  checkOneOf('schema', schema, ['upgrade', 'require']);
}

/** Table of the applied migrations; created before the first of them. */
export const MIGRATIONS_TABLE =
  'create table if not exists schema_migrations (version integer not null primary key, name text not null)';

/** Input of {@link appliedVersion}. A table of this name of another program lacks a column, or has other rows. */
export const APPLIED_MIGRATIONS = 'select version, name from schema_migrations order by version';

/**
 * Version of a database in which these steps were applied.
 * @throws {ReservationError} STORE_UNSUITABLE when it is newer than this code, or another program's.
 */
export function appliedVersion(migrations: readonly Migration[], applied: readonly MigrationStep[]): number {
  const isOurs = applied.every((step, index) => {
    const known = migrations[index];
    return known === undefined || (step.version === known.version && step.name === known.name);
  });
  if (!isOurs) throw foreignSchema();
  const [newest, last] = [migrations.length, applied.at(-1)?.version];
  if (applied.length > newest) {
    throw new ReservationError(
      'STORE_UNSUITABLE',
      `the database has schema version ${last}, this code knows versions up to ${newest}: use a newer release`,
    );
  }
  return applied.length;
}

/** Error for a table schema_migrations whose rows are not the steps of any release. */
export function foreignSchema(cause?: unknown): ReservationError {
  const message =
    'the table schema_migrations of the database was made by another program, or by a development version before the ' +
    'first release: use a new database';
  return new ReservationError('STORE_UNSUITABLE', message, { cause });
}

/** The steps that a database at `version` (0: no tables) still needs. */
export function pendingMigrations(migrations: readonly Migration[], version: number): readonly Migration[] {
  return migrations.slice(version);
}

/** State of a database at `version`. */
export function schemaStatus(migrations: readonly Migration[], version: number): SchemaStatus {
  const pending = pendingMigrations(migrations, version).map(toStep);
  return { current: version, newest: migrations.length, pending };
}

/** The step without its statements. */
export function toStep({ version, name }: Migration): MigrationStep {
  return { version, name };
}

/** @throws {ReservationError} STORE_UNSUITABLE unless a database at `version` has the schema of this code. */
export function assertCurrent(migrations: readonly Migration[], version: number): void {
  const newest = migrations.length;
  if (version === newest) return;
  const found =
    version === 0 ? 'the database is not set up for reservations' : `the database has schema version ${version}`;
  throw new ReservationError(
    'STORE_UNSUITABLE',
    `${found}, and schema version ${newest} is required: run "reservations-server migrate up" on it`,
  );
}

/** The steps as a script, each in a transaction with its record in the table of migrations. */
export function migrationScript(migrations: readonly Migration[]): string {
  return migrations.map(stepScript).join('\n');
}

function stepScript({ version, name, statements }: Migration): string {
  const record = `insert into schema_migrations (version, name) values (${version}, '${name.replaceAll("'", "''")}')`;
  const lines = ['begin', MIGRATIONS_TABLE, ...statements, record, 'commit'].map((statement) => `${statement};\n`);
  return `-- schema version ${version}: ${name}\n${lines.join('')}`;
}
