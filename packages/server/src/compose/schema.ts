import {
  migratePostgres,
  type MigrationStep,
  postgresMigrationScript,
  readPostgresSchema,
  type SchemaStatus,
} from '@reservations/core/postgres';
import { migrateSqlite, readSqliteSchema, sqliteMigrationScript } from '@reservations/core/sqlite';
import type { StoreAddress } from '../config/store-address.ts';

/** Reads which schema version the database has, which is the newest, and the steps between them. */
export function readSchema(address: StoreAddress): Promise<SchemaStatus> {
  return address.kind === 'postgres'
    ? readPostgresSchema({ connectionString: address.url })
    : readSqliteSchema({ path: address.path });
}

/** Applies what is missing, or with `dryRun` undoes it again; returns those steps. */
export function migrateSchema(address: StoreAddress, dryRun: boolean): Promise<readonly MigrationStep[]> {
  return address.kind === 'postgres'
    ? migratePostgres({ connectionString: address.url, dryRun })
    : migrateSqlite({ path: address.path, dryRun });
}

/** Returns the statements from version `after` on, headed by the program that should run them. Needs no database. */
export function schemaScript(kind: StoreAddress['kind'], after: number): string {
  return kind === 'postgres'
    ? `-- for psql -v ON_ERROR_STOP=1\n${postgresMigrationScript(after)}`
    : `-- for sqlite3 -bail\n${sqliteMigrationScript(after)}`;
}
