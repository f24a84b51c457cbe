import Database from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { expect, test } from 'vitest';
import { migrate } from '../schema/migrate.ts';
import { countQuery, type PageConditions, pageQuery, transactionQuery } from './reservation-view.ts';
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

function page(conditions: PageConditions): Compilable {
  return pageQuery(conditions, { userId: 'user', stage: 'failed', after: 'RES-', limit: 10 });
}

test.each([
  [{ byUser: false, byStage: false }, '(shard=? AND reservation_id>?)'],
  [{ byUser: true, byStage: false }, '(shard=? AND user_id=? AND reservation_id>?)'],
  [{ byUser: false, byStage: true }, '(shard=? AND stage=? AND reservation_id>?)'],
  [{ byUser: true, byStage: true }, '(shard=? AND user_id=? AND reservation_id>?)'],
])('a page with conditions %j is found and sorted by one index', (conditions, by) => {
  expect(planOf(page(conditions))).toEqual([expect.stringMatching(/^SEARCH reservations USING /)]);
  expect(planOf(page(conditions))[0]).toContain(by);
});

test('reservations of a transaction are found and sorted by one index', () => {
  const plan = planOf(transactionQuery({ transactionId: 'TXN-1', limit: 10 }));
  expect(plan).toEqual([
    expect.stringMatching(/^SEARCH reservations USING INDEX .*\(shard=\? AND transaction_id=\?\)$/),
  ]);
});

test('reservations of a stage are counted in an index, without their rows', () => {
  expect(planOf(countQuery({ stage: 'escalated', max: 10 }))).toContainEqual(
    expect.stringMatching(/^SEARCH reservations USING COVERING INDEX .*\(shard=\? AND stage=\?\)$/),
  );
});
