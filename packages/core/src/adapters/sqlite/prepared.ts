import type Database from 'better-sqlite3';
import {
  type Compilable,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { type Builder, compileQuery, type Query } from '../sql/prepared-query.ts';
import { type Prepared, prepareCompiled } from './statements.ts';

/**
 * Writes a parameter as `+?`, an expression that the planner does not look into. It looks at the value that is bound to a
 * bare `?` beside an order, a range or a limit, and then compiles the statement anew at each execution (SQLITE_ENABLE_STAT4,
 * with which better-sqlite3 is built): 7 to 15 µs more for a statement that takes 2. The plus changes neither value nor
 * affinity, and no plan depends on values then.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

/** Builds and checks queries; better-sqlite3 runs them as prepared statements. */
export const sql: Builder = new Kysely({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new PlannedOnce(),
  },
});

/**
 * A query written as text with `indexed by`, which the query builder lacks: it names the one index that a statement may
 * use, whatever statistics (sqlite_stat1) tell the planner, and fails to compile without that index.
 */
export function written<Row>(query: RawBuilder<Row>): Compilable<Row> {
  return { compile: () => query.compile(sql) };
}

/** Compiles a query and prepares it on a connection. */
export function prepare<Parameters extends object, Row>(
  database: Database.Database,
  build: Query<Parameters, Row>,
): Prepared<Parameters, Row> {
  return prepareCompiled(database, compileQuery(build));
}
