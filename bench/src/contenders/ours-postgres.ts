import { openPostgresStore } from '@reservations/core/postgres';
import pg from 'pg';
import type { Contender } from './contender.ts';
import { ours } from './ours.ts';

/** This project on PostgreSQL, with its pool of 10 connections. */
export const contender: Contender = ours(
  (connectionString, { notify }) => openPostgresStore({ connectionString, notify }),
  bytesOf,
);

async function bytesOf(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ readonly bytes: string }>(
    'select pg_database_size(current_database()) as bytes',
  );
  await client.end();
  return Number(rows[0]?.bytes);
}
