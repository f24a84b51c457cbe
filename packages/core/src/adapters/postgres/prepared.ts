import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { type Builder, prepareQuery, type Query } from '../sql/prepared-query.ts';

/** Builds and checks queries; pg runs them. */
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
  /** Never set; ties the row type to the statement. */
  readonly row?: Row;
}

/** A statement compiled once, with named and typed parameters. */
export type Prepared<Parameters, Row> = (parameters: Parameters) => Statement<Row>;

/** Compiles a query to its text. A statement prepared on the server would be bound to a connection, which a pooler changes. */
export function prepare<Parameters extends object, Row>(build: Query<Parameters, Row>): Prepared<Parameters, Row> {
  const { text, valuesOf } = prepareQuery(build);
  return (parameters) => ({ text, values: valuesOf(parameters) });
}
