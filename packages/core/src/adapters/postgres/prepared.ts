import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { Tables } from '../sql/tables.ts';

/** Builds and checks queries, never runs them: pg does. */
export const sql: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** One statement with its values, and the type of the rows that it returns. */
export interface Statement<Row> {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Never there; it ties the type of the rows to the statement. */
  readonly row?: Row;
}

/** A statement that was compiled once, with named and typed parameters. */
export type Prepared<Parameters, Row> = (parameters: Parameters) => Statement<Row>;

/**
 * Compiles the query that `build` makes of the placeholders it is given, one for each parameter. Only its text is
 * kept: a statement prepared on the server would belong to one connection, and a pooler hands out another each time.
 */
export function prepare<Parameters extends object, Row>(
  build: (parameters: Parameters) => Compilable<Row>,
): Prepared<Parameters, Row> {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(name) }) as Parameters;
  const compiled = build(placeholders).compile();
  return (parameters) => ({
    text: compiled.sql,
    values: compiled.parameters.map((value) =>
      value instanceof Placeholder ? parameters[value.name as keyof Parameters] : value,
    ),
  });
}

/** Stands for a value until the statement runs; kysely carries it to its place among the parameters. */
class Placeholder {
  readonly name: string | symbol;

  constructor(name: string | symbol) {
    this.name = name;
  }
}
