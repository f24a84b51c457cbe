import {
  migratePostgres,
  type MigrationStep,
  postgresMigrationScript,
  readPostgresSchema,
  type SchemaStatus,
} from '@reservations/core/postgres';
import { migrateSqlite, readSqliteSchema, sqliteMigrationScript } from '@reservations/core/sqlite';
import { isPostgres } from '../setting-kinds.ts';

/** How far the schema of the database is. */
export function readSchema(db: string): Promise<SchemaStatus> {
  return isPostgres(db) ? readPostgresSchema({ connectionString: db }) : readSqliteSchema({ path: db });
}

/** Applies what is missing, or with `dryRun` undoes it again; returns those steps. */
export function migrateSchema(db: string, dryRun: boolean): Promise<readonly MigrationStep[]> {
  return isPostgres(db) ? migratePostgres({ connectionString: db, dryRun }) : migrateSqlite({ path: db, dryRun });
}

/** The statements from version `after` on, headed by the program that should run them. Needs no database. */
export function schemaScript(db: string, after: number): string {
  return isPostgres(db)
    ? `-- for psql -v ON_ERROR_STOP=1\n${postgresMigrationScript(after)}`
    : `-- for sqlite3 -bail\n${sqliteMigrationScript(after)}`;
}
