import { ReservationError } from '../../errors.ts';
import { initialSchema, type SqlDialect, subscriptionsSchema } from './schema.ts';

/** One step of the schema. Released steps are never changed; each is applied in a transaction of its own. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Where the applied migrations are written down; created before the first of them. */
export const MIGRATIONS_TABLE =
  'create table if not exists schema_migrations (version integer not null primary key, name text not null)';

/** All steps, the oldest first; versions are 1, 2, 3, … */
export function migrationsFor(dialect: SqlDialect): readonly Migration[] {
  return [
    { version: 1, name: 'initial', statements: [...initialSchema(dialect), ...dialect.initialExtras] },
    {
      version: 2,
      name: 'subscriptions, view rebuilds and moves',
      statements: [...subscriptionsSchema(dialect), ...dialect.secondExtras],
    },
  ];
}

/**
 * The steps that a database at `version` (0: empty) still needs.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code.
 */
export function pendingMigrations(migrations: readonly Migration[], version: number): readonly Migration[] {
  const newest = migrations.length;
  if (version > newest) {
    throw new ReservationError(
      'STORE_UNSUITABLE',
      `the database has schema version ${version}, this code knows versions up to ${newest}: use a newer release`,
    );
  }
  return migrations.slice(version);
}
