import { type Migration, migrationsFor, MIGRATIONS_TABLE, pendingMigrations } from '../sql/migrations.ts';
import type { SqlDialect } from '../sql/schema.ts';
import { APPEND_SCHEMA } from './append-function.ts';
import type { Connections, Run } from './connection.ts';
import { sqlStateOf } from './faults.ts';

/** Collation "C" compares byte by byte; a table has no order of its own. */
export const POSTGRES_DIALECT: SqlDialect = {
  keyText: 'text collate "C"',
  keyedTable: '',
  initialExtras: APPEND_SCHEMA,
  secondExtras: [],
};

/** How often the making of the migrations' own table is tried when other servers make it at the same moment. */
const CREATE_ATTEMPTS_MAX = 10;

/** What PostgreSQL says to the slower of two who create a table "if not exists": not unique, exists, type exists. */
const CREATED_MEANWHILE: ReadonlySet<string | null> = new Set(['23505', '42P07', '42710']);

/**
 * Brings the database to the schema of this code, each migration in a transaction of its own. Any number of servers
 * may do so at once: each step is decided under a lock. A database that is current already is only read.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code.
 */
export async function migrate(connections: Connections, migrations: readonly Migration[]): Promise<void> {
  await createMigrationsTable(connections);
  while (pendingMigrations(migrations, await schemaVersion(connections.run)).length > 0) {
    await connections.transaction((run) => applyNext(run, migrations));
  }
}

/**
 * Fails when a newer release has changed the schema meanwhile.
 * @throws {ReservationError} STORE_UNSUITABLE
 */
export async function assertKnownSchema(run: Run): Promise<void> {
  pendingMigrations(migrationsFor(POSTGRES_DIALECT), await schemaVersion(run));
}

async function createMigrationsTable({ run }: Connections): Promise<void> {
  for (let attempt = 1; !(await exists(run)); attempt += 1) {
    try {
      await run(statement(MIGRATIONS_TABLE));
    } catch (error) {
      if (!CREATED_MEANWHILE.has(sqlStateOf(error)) || attempt === CREATE_ATTEMPTS_MAX) throw error;
    }
  }
}

async function exists(run: Run): Promise<boolean> {
  const { rows } = await run(statement("select to_regclass('schema_migrations') is not null as found"));
  return rows[0]?.['found'] === true;
}

async function applyNext(run: Run, migrations: readonly Migration[]): Promise<void> {
  await run(statement('lock table schema_migrations in share row exclusive mode'));
  const [next] = pendingMigrations(migrations, await schemaVersion(run));
  if (next === undefined) return;
  for (const text of next.statements) await run(statement(text));
  const values = [next.version, next.name];
  await run({ text: 'insert into schema_migrations (version, name) values ($1, $2)', values });
}

async function schemaVersion(run: Run): Promise<number> {
  const { rows } = await run(statement('select coalesce(max(version), 0) as version from schema_migrations'));
  return Number(rows[0]?.['version']);
}

function statement(text: string): {
  readonly text: string;
  readonly values: [];
  readonly row?: Record<string, unknown>;
} {
  return { text, values: [] };
}
