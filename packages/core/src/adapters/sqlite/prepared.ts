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
import { type Builder, prepareQuery, type Query } from '../sql/prepared-query.ts';

/** Builds and checks queries; better-sqlite3 runs them as prepared statements. */
export const sql: Builder = new Kysely({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/**
 * A query written as text with `indexed by`, which the query builder lacks: it names the one index that a statement may
 * use, whatever statistics (sqlite_stat1) tell the planner, and fails to compile without that index.
 */
export function written<Row>(query: RawBuilder<Row>): Compilable<Row> {
  return { compile: () => query.compile(sql) };
}

/** A statement compiled once, with named and typed parameters. */
export interface Prepared<Parameters, Row> {
  all(parameters: Parameters): Row[];
  get(parameters: Parameters): Row | undefined;
  /** Runs a statement without a result; returns the number of changed rows. */
  run(parameters: Parameters): number;
}

/** Compiles a query for a connection. */
export function prepare<Parameters extends object, Row>(
  database: Database.Database,
  build: Query<Parameters, Row>,
): Prepared<Parameters, Row> {
  const { text, valuesOf } = prepareQuery(build);
  const statement = database.prepare<unknown[], Row>(text);
  return {
    all: (parameters) => statement.all(...valuesOf(parameters)),
    get: (parameters) => statement.get(...valuesOf(parameters)),
    run: (parameters) => statement.run(...valuesOf(parameters)).changes,
  };
}
