import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrationsFor } from '../sql/migrations.ts';
import { migrate, SQLITE_DIALECT } from './migrate.ts';
import { type PageConditions, pageQuery } from './reservation-view.ts';

/** How SQLite finds a page, in a table of which it knows nothing. */
function planOf(conditions: PageConditions): readonly string[] {
  const database = new Database(':memory:');
  migrate(database, migrationsFor(SQLITE_DIALECT));
  const parameters = { userId: 'user', stage: 'failed', after: 'RES-', limit: 10 };
  const query = pageQuery(conditions, parameters).compile();
  const steps = database.prepare<unknown[], { readonly detail: string }>(`explain query plan ${query.sql}`);
  const plan = steps.all(...query.parameters).map(({ detail }) => detail);
  database.close();
  return plan;
}

it.each([
  [{ byUser: false, byStage: false }, '(shard=? AND reservation_id>?)'],
  [{ byUser: true, byStage: false }, '(shard=? AND user_id=? AND reservation_id>?)'],
  [{ byUser: false, byStage: true }, '(shard=? AND stage=? AND reservation_id>?)'],
  [{ byUser: true, byStage: true }, '(shard=? AND user_id=? AND reservation_id>?)'],
])('a page with conditions %j is found and sorted by one index', (conditions, by) => {
  expect(planOf(conditions)).toEqual([expect.stringMatching(/^SEARCH reservations USING /)]);
  expect(planOf(conditions)[0]).toContain(by);
});
