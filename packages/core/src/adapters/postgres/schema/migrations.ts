import {
  type Migration,
  migrationScript,
  type MigrationStep,
  pendingMigrations,
  type SchemaStatus,
  schemaStatus,
} from '../../sql/migrations.ts';
import { type Connections, createConnections } from '../open/connection.ts';
import { assertDurable } from '../open/durability.ts';
import { toFault } from '../faults.ts';
import { migrate, schemaVersion, tryMigrations } from './migrate.ts';
import { parseConnectionOptions, type PostgresStoreOptions } from '../open/options.ts';
import { POSTGRES_MIGRATIONS } from './steps.ts';

/** Location of the database. */
export type PostgresMigrationOptions = Pick<PostgresStoreOptions, 'connectionString'>;

/** Timeout of one statement of a migration, including its wait for the servers' transactions. */
const MIGRATION_TIMEOUT_MS = 600_000;

/** State of a database's schema. Changes nothing. @throws {ReservationError} As {@link migratePostgres}. */
export async function readPostgresSchema(options: PostgresMigrationOptions): Promise<SchemaStatus> {
  return await withConnections(options, async ({ run }, migrations) =>
    schemaStatus(migrations, await schemaVersion(run, migrations)),
  );
}

/**
 * Migrates a database to the schema of this code and returns the missing steps, in order. With `dryRun` all of them run in
 * one transaction, which is rolled back. Servers may be running, and others may migrate at the same time.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNSUITABLE when the database is newer than this code or another
 * program's, or its settings endanger commits; STORE_UNAVAILABLE.
 */
export async function migratePostgres(
  options: PostgresMigrationOptions & { readonly dryRun?: boolean },
): Promise<readonly MigrationStep[]> {
  return await withConnections(options, async (connections, migrations) => {
    await assertDurable(connections.run);
    return options.dryRun === true
      ? await tryMigrations(connections, migrations)
      : await migrate(connections, migrations);
  });
}

/** The statements that bring a database from version `after` (0: from nothing) to the schema of this code, for psql. */
export function postgresMigrationScript(after: number): string {
  return migrationScript(pendingMigrations(POSTGRES_MIGRATIONS, after));
}

async function withConnections<Result>(
  { connectionString }: PostgresMigrationOptions,
  work: (connections: Connections, migrations: readonly Migration[]) => Promise<Result>,
): Promise<Result> {
  const options = { connectionString, poolMax: 1, statementTimeoutMs: MIGRATION_TIMEOUT_MS };
  const connections = createConnections(parseConnectionOptions(options));
  try {
    return await work(connections, POSTGRES_MIGRATIONS);
  } catch (error) {
    throw toFault(error);
  } finally {
    await connections.end();
  }
}
