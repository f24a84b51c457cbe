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
import type { Tables } from '../sql/tables.ts';

/** Builds and checks queries, never runs them: better-sqlite3 does, as prepared statements. */
export const sql: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/**
 * A query written as text, for what the query builder cannot say: `indexed by`, which names the one index that a
 * statement may use, whatever statistics (sqlite_stat1) tell the planner. It fails to compile without that index.
 */
export function written<Row>(query: RawBuilder<Row>): Compilable<Row> {
  return { compile: () => query.compile(sql) };
}

/** A statement that was compiled once, with named and typed parameters. */
export interface Prepared<Parameters, Row> {
  all(parameters: Parameters): Row[];
  get(parameters: Parameters): Row | undefined;
  /** Runs a statement that returns no rows; returns the number of rows that it changed. */
  run(parameters: Parameters): number;
}

/** Compiles the query that `build` makes of the placeholders it is given, one for each parameter. */
export function prepare<Parameters extends object, Row>(
  database: Database.Database,
  build: (parameters: Parameters) => Compilable<Row>,
): Prepared<Parameters, Row> {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(name) }) as Parameters;
  const compiled = build(placeholders).compile();
  const statement = database.prepare<unknown[], Row>(compiled.sql);
  function bind(parameters: Parameters): unknown[] {
    return compiled.parameters.map((value) =>
      value instanceof Placeholder ? parameters[value.name as keyof Parameters] : value,
    );
  }
  return {
    all: (parameters) => statement.all(...bind(parameters)),
    get: (parameters) => statement.get(...bind(parameters)),
    run: (parameters) => statement.run(...bind(parameters)).changes,
  };
}

/** Stands for a value until the statement runs; kysely carries it to its place among the parameters. */
class Placeholder {
  readonly name: string | symbol;

  constructor(name: string | symbol) {
    this.name = name;
  }
}
