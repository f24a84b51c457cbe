import { isReservationError, ReservationError } from '../../../errors.ts';
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
import type { Connections, Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { Statement } from '../prepared.ts';
import { lockTimeout } from '../lock-timeout.ts';

/** Attempts of a transaction that fails because another process creates the table of migrations at the same time. */
const CREATE_ATTEMPTS_MAX = 10;

/** Wait of a migration for the locks of the tables that it changes. */
interface LockPatience {
  /** Of one attempt. Every statement behind a waiting migration waits too, also reads. */
  readonly timeoutMs: number;
  /** Statements that waited behind an attempt run before the next one. */
  readonly attemptsMax: number;
}

/** Half a minute in total. */
const LOCK_PATIENCE: LockPatience = { timeoutMs: 1_000, attemptsMax: 30 };

/** SQLSTATE of a lock timeout. */
const LOCK_NOT_AVAILABLE = '55P03';

/** SQLSTATE of a lost race to create a table "if not exists": not unique, table exists, type exists. */
const CREATED_MEANWHILE: ReadonlySet<string | null> = new Set(['23505', '42P07', '42710']);

/** SQLSTATE of a missing column. */
const UNDEFINED_COLUMN = '42703';

/**
 * Migrates the database to the schema of this code, each step in its own transaction; returns the applied steps. Any
 * number of servers may do so at once: each step is decided under a lock. A database that is current is only read.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code, or another program's;
 * STORE_UNAVAILABLE when a table is in use for longer than `patience`.
 */
export async function migrate(
  connections: Connections,
  migrations: readonly Migration[],
  patience: LockPatience = LOCK_PATIENCE,
): Promise<readonly MigrationStep[]> {
  const applied: MigrationStep[] = [];
  while ((await schemaVersion(connections.run, migrations)) < migrations.length) {
    const apply = (): Promise<Migration | undefined> =>
      connections.transaction((run) => applyNext(run, migrations, patience));
    const next = await whenNobodyInterferes(apply, patience);
    if (next !== undefined) applied.push(toStep(next));
  }
  return applied;
}

/** Applies all pending steps in one transaction and rolls it back; returns the steps. */
export async function tryMigrations(
  connections: Connections,
  migrations: readonly Migration[],
): Promise<readonly MigrationStep[]> {
  if ((await schemaVersion(connections.run, migrations)) === migrations.length) return [];
  async function applyAll(run: Run): Promise<readonly MigrationStep[]> {
    const applied: MigrationStep[] = [];
    const apply = (): Promise<Migration | undefined> => applyNext(run, migrations, LOCK_PATIENCE);
    for (let next = await apply(); next !== undefined; next = await apply()) applied.push(toStep(next));
    return applied;
  }
  return await whenNobodyInterferes(() => connections.trial(applyAll), LOCK_PATIENCE);
}

/**
 * Version of the schema; 0 without tables of this package. Reads only.
 * @throws {ReservationError} STORE_UNSUITABLE when it is newer, another program's, or the search_path finds no schema.
 */
export async function schemaVersion(run: Run, migrations: readonly Migration[]): Promise<number> {
  const { rows } = await run<Whereabouts>(statement(FIND_TABLE));
  const { schema = null, found = false, behind = null } = rows[0] ?? {};
  if (schema === null) {
    const message = 'the search_path of the connection names no schema that exists and that the role may use';
    throw new ReservationError('STORE_UNSUITABLE', message);
  }
  if (!found && behind !== null) {
    const message = `the search_path leads to a store in schema ${behind}, behind schema ${schema} that has none: name one of them`;
    throw new ReservationError('STORE_UNSUITABLE', message);
  }
  return found ? appliedVersion(migrations, await appliedSteps(run)) : 0;
}

/** What the search_path finds. */
interface Whereabouts {
  /** Schema in which tables are created; null when there is none. */
  readonly schema: string | null;
  /** True when that schema has a table of migrations. */
  readonly found: boolean;
  /** First schema on the path with a store of this package, if any. */
  readonly behind: string | null;
}

/**
 * Only the schema counts in which tables are created: a table schema_migrations further along the path may be another
 * program's. A store further along must not be hidden by an empty one, which would know none of its keys.
 */
const FIND_TABLE = `select current_schema() as schema,
  to_regclass(quote_ident(current_schema()) || '.schema_migrations') is not null as found,
  (select relnamespace::regnamespace::text from pg_class where oid = to_regclass('log_locks')) as behind`;

/** @throws {ReservationError} STORE_UNSUITABLE unless the database has the schema of this code. Reads only. */
export async function requireSchema(run: Run, migrations: readonly Migration[]): Promise<void> {
  assertCurrent(migrations, await schemaVersion(run, migrations));
}

async function whenNobodyInterferes<Result>(
  transaction: () => Promise<Result>,
  { timeoutMs, attemptsMax }: LockPatience,
): Promise<Result> {
  let [collisions, waits] = [0, 0];
  for (;;) {
    try {
      return await transaction();
    } catch (error) {
      if (CREATED_MEANWHILE.has(sqlStateOf(error))) {
        collisions += 1;
        if (collisions === CREATE_ATTEMPTS_MAX) throw error;
      } else {
        waits += 1;
        if (!isLockedOut(error)) throw error;
        if (waits === attemptsMax) throw inUse(`${attemptsMax} attempts of ${timeoutMs} ms`, error);
      }
    }
  }
}

function isLockedOut(error: unknown): boolean {
  return isReservationError(error) && sqlStateOf(error.cause) === LOCK_NOT_AVAILABLE;
}

function inUse(attempts: string, cause: unknown): ReservationError {
  const message = `the schema was not changed: a long transaction, such as a dump, kept a table in use for ${attempts}`;
  return new ReservationError('STORE_UNAVAILABLE', message, { cause });
}

async function applyNext(
  run: Run,
  migrations: readonly Migration[],
  { timeoutMs }: LockPatience,
): Promise<Migration | undefined> {
  await run(statement(MIGRATIONS_TABLE));
  // Without a timeout: the holder migrates, which may take long, and no other statement waits behind this one.
  await run(statement('lock table schema_migrations in share row exclusive mode'));
  const [next] = pendingMigrations(migrations, await schemaVersion(run, migrations));
  if (next === undefined) return undefined;
  await run(lockTimeout(timeoutMs));
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

function statement<Row>(text: string): Statement<Row> {
  return { text, values: [] };
}
