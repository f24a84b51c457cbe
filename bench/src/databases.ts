import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createDatabase, startPostgres, type TestDatabase } from '@reservations/test-postgres';

/** The databases that are measured. */
export const STORES = ['sqlite', 'postgres'] as const;

export type StoreName = (typeof STORES)[number];

/** What servers and stores can be put on. */
export interface Databases {
  /** A new, empty one, as `--db` takes it. */
  create(store: StoreName): Promise<string>;
  /** Brings a PostgreSQL database's statistics up to date, as its own housekeeping does after a minute. */
  analyze(db: string): Promise<void>;
  remove(): Promise<void>;
}

/** Prepares a folder, and a PostgreSQL server unless BENCH_POSTGRES_URL names one. */
export async function prepareDatabases(): Promise<Databases> {
  const folder = await mkdtemp(join(tmpdir(), 'reservations-bench-'));
  const { BENCH_POSTGRES_URL: given = '' } = process.env;
  const server = given === '' ? await startPostgres() : null;
  const created = new Map<string, TestDatabase>();
  let count = 0;
  return {
    async create(store) {
      count += 1;
      if (store === 'sqlite') return join(folder, `${count}.db`);
      const database = await createDatabase(server?.url ?? given);
      created.set(database.url, database);
      return database.url;
    },
    async analyze(db) {
      await created.get(db)?.query('analyze');
    },
    async remove() {
      for (const database of created.values()) await database.drop();
      await server?.remove();
      await rm(folder, { recursive: true });
    },
  };
}

/** Opens a store as a server does. */
export function openStore(db: string): Promise<ReservationStore> {
  return db.startsWith('postgres') ? openPostgresStore({ connectionString: db }) : openSqliteStore({ path: db });
}
