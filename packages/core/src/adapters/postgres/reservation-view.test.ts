import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migratePostgres } from './index.ts';
import type { Statement } from './prepared.ts';
import { keyHolder, ofTransaction } from './reservation-view.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'));
  await migratePostgres({ connectionString: database.url });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** How PostgreSQL finds the rows of a statement now. */
async function planOf({ text, values }: Statement<unknown>): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, [...values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const RESERVATIONS = `insert into reservations
select 0, 'RES-' || lpad(n::text, 12, '0'), 'RESERVATION_CREATED', 'processing', 'u', 1, 'EUR', 2,
  case when n % 2 = 0 then 'TXN-' || n end, null, null, '', '', '', 1
from generate_series(1, 5000) as n`;

const KEYS = `insert into idempotency_keys
select 0, 'anonymous', 'key-' || n, '', 'RES-' || n from generate_series(1, 5000) as n`;

// A statement is planned each time that it is sent: an empty table may be read from end to end.
it.each([
  ['just filled', [RESERVATIONS, KEYS]],
  ['analysed', ['analyze']],
  ['without a charge when they were analysed', ['update reservations set transaction_id = null', 'analyze']],
  ['filled after the analysis', ['truncate reservations, idempotency_keys', 'analyze', RESERVATIONS, KEYS]],
])('a key and a transaction are looked up by their indexes in tables that are %s', async (_, statements) => {
  for (const statement of statements) await client.query(statement);
  expect(await planOf(ofTransaction({ transactionId: 'TXN-42', limit: 200 }))).toMatch(/reservations_by_transaction/);
  expect(await planOf(keyHolder({ scope: 'anonymous', key: 'key-42' }))).toMatch(/idempotency_keys_pkey/);
});
