import { expect, test } from 'vitest';
import { POSTGRES_MIGRATIONS } from '../postgres/schema/steps.ts';
import { SQLITE_MIGRATIONS } from '../sqlite/schema/steps.ts';
import {
  API_KEYS,
  DUE_WORK,
  EVENTS,
  IDEMPOTENCY_KEYS,
  RESERVATIONS,
  STORE_MOVES,
  SUBSCRIPTIONS,
  WRITE_PROBE,
  type Columns,
} from './columns.ts';
import type { Migration } from './migrations.ts';

const SHARED = {
  events: EVENTS,
  reservations: RESERVATIONS,
  due_work: DUE_WORK,
  idempotency_keys: IDEMPOTENCY_KEYS,
  subscriptions: SUBSCRIPTIONS,
  api_keys: API_KEYS,
  store_moves: STORE_MOVES,
};

/** The columns of each table that the steps create, with their types as columns.ts has them. */
function tablesOf(migrations: readonly Migration[]): Readonly<Record<string, Columns>> {
  const tables = migrations
    .flatMap(({ statements }) => statements)
    .flatMap((statement) => [...statement.matchAll(/^create table (\w+) \(\n([^)]*?)(?:,\n {2}primary key \(|\n\))/g)]);
  return Object.fromEntries(tables.map(([, name = '', body = '']) => [name, columnsOf(body)]));
}

function columnsOf(body: string): Columns {
  const columns = [...body.matchAll(/^ {2}(\w+) (integer|bigint|text)([^,\n]*)/gm)];
  return Object.fromEntries(
    columns.map(([, name = '', type, rest = '']) => {
      const base = type === 'text' ? ('text' as const) : ('integer' as const);
      return [name, rest.includes('not null') ? base : (`${base}?` as const)];
    }),
  );
}

test.each([
  ['SQLite', SQLITE_MIGRATIONS, { ...SHARED, write_probe: WRITE_PROBE }],
  ['PostgreSQL', POSTGRES_MIGRATIONS, { ...SHARED, log_locks: { shard: 'integer' } }],
])('the tables of %s have these columns, in this order', (_, migrations, expected) => {
  const tables = tablesOf(migrations);
  expect(tables).toEqual(expected);
  for (const [name, columns] of Object.entries(expected)) {
    expect(Object.keys(tables[name] ?? {})).toEqual(Object.keys(columns));
  }
});
