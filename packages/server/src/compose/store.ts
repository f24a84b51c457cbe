import { existsSync, statSync } from 'node:fs';
import { isReservationError, type Observer, type ReservationStore } from '@reservations/core';
import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { IN_MEMORY, type StoreAddress } from '../config/store-address.ts';
import type { StoreConfig } from '../config/store-settings.ts';
import type { StoreResources } from '../observe/state/monitored.ts';
import { DatabaseNotFoundError } from './database-not-found.ts';

/**
 * How long a serving process waits for a connection to PostgreSQL, and for a statement. The longest that a request
 * waits for a database that is away is 10 s then, each time it needs it: for the commit under way (3 s), a connection
 * (2 s), a statement (3.5 s), and 1 s in which an append is sent again. It is then answered 503, or with the id of its
 * reservation once that is on disk.
 */
export const SERVING_TIMEOUTS = { connectTimeoutMs: 2_000, statementTimeoutMs: 3_000 } as const;

/**
 * How long after its start a server still begins another attempt when PostgreSQL is slow: no request waits for it yet. On a
 * machine where much starts at once, a connection can take longer than a serving process waits for one.
 */
export const START_PATIENCE_MS = 10_000;

/** An attempt that failed after this time was slow: shorter than its own time-outs, whose timers may fire a little early. */
const SLOW_MS = 0.9 * SERVING_TIMEOUTS.connectTimeoutMs;

/** A store that a server serves, with what it uses of its machine. */
export interface ServedStore {
  readonly store: ReservationStore;
  resources(): StoreResources;
}

/** What opening a store tells, and what ends it. */
export interface OpenStoreOptions {
  readonly onWarning: (message: string) => void;
  readonly observer: Observer;
  /** Once it aborted, no further attempt begins. */
  readonly stop: AbortSignal | undefined;
}

/**
 * Opens the store that a server serves. A SQLite file must not be served by another process. `onWarning` receives what
 * could lose acknowledged reservations on SQLite; `observer` receives it on PostgreSQL, also while the store is open.
 */
export async function openStore(
  { db, dbPool, dbNotify, requireSchema }: StoreConfig,
  { onWarning, observer, stop }: OpenStoreOptions,
): Promise<ServedStore> {
  const schema = requireSchema ? 'require' : 'upgrade';
  switch (db.kind) {
    case 'postgres': {
      const options = { connectionString: db.url, poolMax: dbPool, notify: dbNotify, schema, observer } as const;
      const store = await openWithPatience({ ...options, ...SERVING_TIMEOUTS }, stop);
      return { store, resources: () => ({ kind: 'postgres', ...store.pool() }) };
    }
    case 'sqlite': {
      const store = await openSqliteStore({ path: db.path, schema, onWarning, observer });
      return { store, resources: () => ({ kind: 'sqlite', ...store.files() }) };
    }
  }
}

/** Only slow attempts are repeated: a database that says no, or where no process listens, is a fault that is seen at once. */
async function openWithPatience(options: PostgresStoreOptions, stop?: AbortSignal): Promise<PostgresStore> {
  const beganAt = performance.now();
  for (;;) {
    const attemptAt = performance.now();
    try {
      return await openPostgresStore(options);
    } catch (error) {
      const now = performance.now();
      const isSlow = isReservationError(error, 'STORE_UNAVAILABLE') && now - attemptAt >= SLOW_MS;
      if (!isSlow || stop?.aborted === true || now - beganAt >= START_PATIENCE_MS) throw error;
    }
  }
}

/**
 * Opens the store beside its servers, for a tool. Neither a file nor a table is ever made. `onWarning` receives what a
 * reader should know of the database.
 * @throws {DatabaseNotFoundError} when there is no file at that path; STORE_UNSUITABLE when it lacks our tables.
 */
export async function openStoreBeside(
  address: StoreAddress,
  onWarning: (message: string) => void,
): Promise<ReservationStore> {
  switch (address.kind) {
    case 'postgres':
      // A tool needs one connection, and the servers need all others.
      return await openPostgresStore({ connectionString: address.url, poolMax: 1, schema: 'require', serving: false });
    case 'sqlite': {
      const { path } = address;
      const file = statSync(path, { throwIfNoEntry: false });
      // SQLite takes an empty file for an empty database.
      if (file === undefined || !file.isFile() || file.size === 0) throw new DatabaseNotFoundError(path);
      return await openSqliteStore({ path, exclusive: false, schema: 'require', onWarning });
    }
  }
}

/** Tells whether an address is that of a SQLite file which is not there. */
export function isMissingFile(address: StoreAddress): boolean {
  return address.kind === 'sqlite' && address.path !== IN_MEMORY && !existsSync(address.path);
}
