import {
  APPLIED_MIGRATIONS,
  appliedVersion,
  assertCurrent,
  foreignSchema,
  type Migration,
  migrationsFor,
  MIGRATIONS_TABLE,
  type MigrationStep,
  pendingMigrations,
  toStep,
} from '../sql/migrations.ts';
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

/** How often a transaction is tried in which others make the migrations' own table at the same moment. */
const CREATE_ATTEMPTS_MAX = 10;

/** What PostgreSQL says to the slower of two who create a table "if not exists": not unique, exists, type exists. */
const CREATED_MEANWHILE: ReadonlySet<string | null> = new Set(['23505', '42P07', '42710']);

/** A column that is not there. */
const UNDEFINED_COLUMN = '42703';

/**
 * Brings the database to the schema of this code, each migration in a transaction of its own; returns those that it
 * applied. Any number of servers may do so at once: each step is decided under a lock. A database that is current
 * already is only read.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code, or another program's.
 */
export async function migrate(
  connections: Connections,
  migrations: readonly Migration[],
): Promise<readonly MigrationStep[]> {
  const applied: MigrationStep[] = [];
  while ((await schemaVersion(connections.run, migrations)) < migrations.length) {
    const next = await whenNobodyInterferes(() => connections.transaction((run) => applyNext(run, migrations)));
    if (next !== undefined) applied.push(toStep(next));
  }
  return applied;
}

/**
 * Fails when a newer release has changed the schema meanwhile.
 * @throws {ReservationError} STORE_UNSUITABLE
 */
export async function assertKnownSchema(run: Run): Promise<void> {
  await schemaVersion(run, migrationsFor(POSTGRES_DIALECT));
}

/** Applies all that is pending in one transaction and undoes it; returns what would be applied. */
export async function tryMigrations(
  connections: Connections,
  migrations: readonly Migration[],
): Promise<readonly MigrationStep[]> {
  if ((await schemaVersion(connections.run, migrations)) === migrations.length) return [];
  async function applyAll(run: Run): Promise<readonly MigrationStep[]> {
    const applied: MigrationStep[] = [];
    for (let next = await applyNext(run, migrations); next !== undefined; next = await applyNext(run, migrations)) {
      applied.push(toStep(next));
    }
    return applied;
  }
  return await whenNobodyInterferes(() => connections.trial(applyAll));
}

/**
 * The version of the schema; 0 when none of our tables is there. Reads only.
 * @throws {ReservationError} STORE_UNSUITABLE when it is newer than this code, or another program's.
 */
export async function schemaVersion(run: Run, migrations: readonly Migration[]): Promise<number> {
  const { rows } = await run(statement("select to_regclass('schema_migrations') is not null as found"));
  return rows[0]?.['found'] === true ? appliedVersion(migrations, await appliedSteps(run)) : 0;
}

/** @throws {ReservationError} STORE_UNSUITABLE unless the database has the schema of this code. Reads only. */
export async function requireSchema(run: Run, migrations: readonly Migration[]): Promise<void> {
  assertCurrent(migrations, await schemaVersion(run, migrations));
}

async function whenNobodyInterferes<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!CREATED_MEANWHILE.has(sqlStateOf(error)) || attempt === CREATE_ATTEMPTS_MAX) throw error;
    }
  }
}

async function applyNext(run: Run, migrations: readonly Migration[]): Promise<Migration | undefined> {
  await run(statement(MIGRATIONS_TABLE));
  await run(statement('lock table schema_migrations in share row exclusive mode'));
  const [next] = pendingMigrations(migrations, await schemaVersion(run, migrations));
  if (next === undefined) return undefined;
  for (const text of next.statements) await run(statement(text));
  const values = [next.version, next.name];
  await run({ text: 'insert into schema_migrations (version, name) values ($1, $2)', values });
  return next;
}

async function appliedSteps(run: Run): Promise<readonly MigrationStep[]> {
  try {
    return (await run<MigrationStep>({ text: APPLIED_MIGRATIONS, values: [] })).rows;
  } catch (error) {
    if (sqlStateOf(error) === UNDEFINED_COLUMN) throw foreignSchema(error);
    throw error;
  }
}

function statement(text: string): {
  readonly text: string;
  readonly values: [];
  readonly row?: Record<string, unknown>;
} {
  return { text, values: [] };
}
