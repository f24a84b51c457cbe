import Database from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { expect, test } from 'vitest';
import { migrate } from '../schema/migrate.ts';
import { countQuery, pageQuery } from './reservation-view.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';

/** How SQLite finds rows, in a table of which it knows nothing. */
function planOf(rows: Compilable): readonly string[] {
  const database = new Database(':memory:');
  migrate(database, SQLITE_MIGRATIONS);
  const query = rows.compile();
  const steps = database.prepare<unknown[], { readonly detail: string }>(`explain query plan ${query.sql}`);
  const plan = steps.all(...query.parameters).map(({ detail }) => detail);
  database.close();
  return plan;
}

const COLUMNS = [
  [null, '(shard=? AND reservation_id'],
  ['userId', '(shard=? AND user_id=? AND reservation_id'],
  ['stage', '(shard=? AND stage=? AND reservation_id'],
  ['transactionId', '(shard=? AND transaction_id=? AND reservation_id'],
  ['caller', '(shard=? AND caller=? AND reservation_id'],
  ['reference', '(shard=? AND reference=? AND reservation_id'],
] as const;

test.each(
  COLUMNS.flatMap(([field, by]) => [[field, 'asc', `${by}>?)`] as const, [field, 'desc', `${by}<?)`] as const]),
)('a page by %s, %s, is found and sorted by one index', (field, order, by) => {
  const plan = planOf(pageQuery({ field, order }, { value: 'value', after: 'RES-', limit: 10 }));
  expect(plan).toEqual([expect.stringMatching(/^SEARCH reservations USING /)]);
  expect(plan[0]).toContain(by);
});

test('reservations of a stage are counted in an index, without their rows', () => {
  expect(planOf(countQuery({ stage: 'escalated', max: 10 }))).toContainEqual(
    expect.stringMatching(/^SEARCH reservations USING COVERING INDEX .*\(shard=\? AND stage=\?\)$/),
  );
});
