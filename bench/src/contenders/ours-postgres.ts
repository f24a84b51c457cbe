import { openPostgresStore } from '@reservations/core/postgres';
import { analyze, query } from '../run/postgres.ts';
import type { Contender } from './contender.ts';
import { ours } from './ours.ts';
import { living } from './ours-living.ts';

/** This project on PostgreSQL, with its pool of 10 connections. */
export const contender: Contender = {
  ...ours((connectionString, { notify }) => openPostgresStore({ connectionString, notify }), bytesOf),
  async live({ db }) {
    const store = await openPostgresStore({ connectionString: db });
    return { ...living(store), analyze: () => analyze(db) };
  },
};

async function bytesOf(connectionString: string): Promise<number> {
  const [row] = await query(connectionString, 'select pg_database_size(current_database()) as bytes');
  return Number(row?.['bytes']);
}
