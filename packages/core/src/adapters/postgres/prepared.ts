import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { type Builder, prepareQuery, type Query } from '../sql/prepared-query.ts';

/** Builds and checks queries, never runs them: pg does. */
export const sql: Builder = new Kysely({
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
 * Compiles a query. Only its text is kept: a statement prepared on the server would belong to one connection, and a
 * pooler hands out another each time.
 */
export function prepare<Parameters extends object, Row>(build: Query<Parameters, Row>): Prepared<Parameters, Row> {
  const { text, valuesOf } = prepareQuery(build);
  return (parameters) => ({ text, values: valuesOf(parameters) });
}
