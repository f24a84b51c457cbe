import type Database from 'better-sqlite3';
import { type CompiledQuery, valuesOf } from '../sql/prepared-query.ts';

/** A statement of a connection, with named and typed parameters. */
export interface Prepared<Parameters, Row> {
  all(parameters: Parameters): Row[];
  get(parameters: Parameters): Row | undefined;
  /** Runs a statement without a result; returns the number of changed rows. */
  run(parameters: Parameters): number;
}

/** The compiled query of a statement. */
export interface CompiledFor<Statement> extends CompiledQuery {
  /** Only a type: which statement the query becomes. */
  readonly becomes?: Statement;
}

/** Prepares a compiled query on a connection. */
export function prepareCompiled<Parameters extends object, Row>(
  database: Database.Database,
  query: CompiledFor<Prepared<Parameters, Row>>,
): Prepared<Parameters, Row> {
  const statement = database.prepare<unknown[], Row>(query.text);
  return {
    all: (parameters) => statement.all(...valuesOf(query, parameters)),
    get: (parameters) => statement.get(...valuesOf(query, parameters)),
    run: (parameters) => statement.run(...valuesOf(query, parameters)).changes,
  };
}
