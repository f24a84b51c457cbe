import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, queryOnce, startPostgres } from '@reservations/test-postgres';
import type { ContenderInfo } from '../contenders/registry.ts';

/** A place for one contender in one round. */
export interface Site {
  readonly db: string;
  readonly folder: string;
  remove(): Promise<void>;
}

/** A folder and a PostgreSQL server for a run. */
export interface Sites {
  create(store: ContenderInfo['store']): Promise<Site>;
  /** Version and settings of the PostgreSQL server, as far as they decide on speed and durability. */
  postgresSettings(): Promise<Readonly<Record<string, string>>>;
  remove(): Promise<void>;
}

const SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
];

/** Prepares a folder, and a PostgreSQL server unless BENCH_POSTGRES_URL names one. */
export async function prepareSites(): Promise<Sites> {
  const root = await mkdtemp(join(tmpdir(), 'reservations-bench-'));
  const { BENCH_POSTGRES_URL: given = '' } = process.env;
  const server = given === '' ? await startPostgres() : null;
  const url = server?.url ?? given;
  let count = 0;
  return {
    async create(store) {
      count += 1;
      const folder = join(root, `${count}`);
      await mkdir(folder);
      const database = store === 'postgres' ? await createDatabase(url) : null;
      return {
        db: database?.url ?? (store === 'sqlite' ? join(folder, 'bench.db') : ''),
        folder,
        async remove() {
          await database?.drop();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    async postgresSettings() {
      const values = await Promise.all(
        SETTINGS.map(async (name) => {
          const [row] = await queryOnce(url, `show ${name}`);
          return [name, String(row?.[name])] as const;
        }),
      );
      return Object.fromEntries(values);
    },
    async remove() {
      await server?.remove();
      await rm(root, { recursive: true, force: true });
    },
  };
}
