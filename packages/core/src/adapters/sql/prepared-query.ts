import type { Compilable, Kysely } from 'kysely';
import type { Columns, RowOf, Tables } from './columns.ts';

/** The query builder of an engine: builds and checks queries, and never runs them. */
export type Builder = Kysely<Tables>;

/** Builds a query of its parameters, each of which becomes a value of the query. */
export type Query<Parameters, Row = unknown> = (parameters: Parameters) => Compilable<Row>;

/** A query that was compiled once, as data that another thread can be sent. */
export interface CompiledQuery {
  readonly text: string;
  /** The values of the text's placeholders, in order; null where a parameter belongs. */
  readonly values: readonly unknown[];
  /** The names of these parameters; null where the value is always the same. */
  readonly names: readonly (string | null)[];
}

/** A compiled query with named and typed parameters. */
export interface PreparedQuery<Parameters> {
  readonly text: string;
  /** The values of one execution, in the order of the text's placeholders. */
  valuesOf(parameters: Parameters): unknown[];
}

/** Compiles the query that `build` makes of placeholders, one for each parameter. */
export function compileQuery<Parameters extends object>(build: Query<Parameters>): CompiledQuery {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(name) }) as Parameters;
  const { sql: text, parameters } = build(placeholders).compile();
  return {
    text,
    values: parameters.map((value) => (value instanceof Placeholder ? null : value)),
    names: parameters.map((value) => (value instanceof Placeholder ? String(value.name) : null)),
  };
}

/** The values of one execution of a compiled query, in the order of its placeholders. */
export function valuesOf({ values, names }: CompiledQuery, parameters: object): unknown[] {
  const bound = values.slice();
  for (const [index, name] of names.entries()) {
    if (name !== null) bound[index] = parameters[name as keyof typeof parameters];
  }
  return bound;
}

/** Compiles a query for execution here. */
export function prepareQuery<Parameters extends object>(build: Query<Parameters>): PreparedQuery<Parameters> {
  const compiled = compileQuery(build);
  return { text: compiled.text, valuesOf: (parameters) => valuesOf(compiled, parameters) };
}

/** The row's columns as values of an insert or update: parameters of a query cannot be spread. */
export function columnsOf<Table extends Columns, Left extends keyof Table = never>(
  table: Table,
  row: RowOf<Table>,
  without: readonly Left[] = [],
): Omit<RowOf<Table>, Left> {
  const names = Object.keys(table).filter((name) => !(without as readonly string[]).includes(name));
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Omit<RowOf<Table>, Left>;
}

/** Stands for a value until the query runs; kysely carries it to its place among the parameters. */
class Placeholder {
  readonly name: string | symbol;

  constructor(name: string | symbol) {
    this.name = name;
  }
}
