import { ReservationError } from '../../errors.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { migrationsFor } from '../sql/migrations.ts';
import { assertServable } from '../sql/store-move.ts';
import { createConnections } from './connection.ts';
import { assertDurable } from './durability.ts';
import { toFault } from './faults.ts';
import { migrate, POSTGRES_DIALECT } from './migrate.ts';
import { createPostgresStore } from './store.ts';
import { readStoreMove } from './store-move.ts';

/** How many connections a store has by default, at most. */
export const POOL_DEFAULT = 10;

/** The most connections that a store may be given. */
export const POOL_MAX = 100;

/** How long a statement may take by default. */
export const STATEMENT_TIMEOUT_DEFAULT_MS = 10_000;

/** How long waiting for a connection may take by default, be it new or in use by others. */
export const CONNECT_TIMEOUT_DEFAULT_MS = 5_000;

/** The longest that either may take. */
export const TIMEOUT_MAX_MS = 600_000;

/** How a store over a PostgreSQL database is opened. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that pg knows, such as `sslmode`. */
  readonly connectionString: string;
  /** {@link POOL_DEFAULT} when absent; 1 to {@link POOL_MAX}. */
  readonly poolMax?: number;
  /**
   * {@link STATEMENT_TIMEOUT_DEFAULT_MS} when absent; 1 to {@link TIMEOUT_MAX_MS}. After it a statement is given up:
   * by the server while an append waits for a lock, else by closing the connection.
   */
  readonly statementTimeoutMs?: number;
  /** {@link CONNECT_TIMEOUT_DEFAULT_MS} when absent; 1 to {@link TIMEOUT_MAX_MS}. */
  readonly connectTimeoutMs?: number;
}

/**
 * Opens a store over a PostgreSQL database, beside any number of servers that have it open: each commits many
 * appends in one round trip. Creates and upgrades the tables.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNSUITABLE when the database is newer than this code, a move into it
 * is not finished, or the server's settings do not keep what was committed; STORE_UNAVAILABLE.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<ReservationStore> {
  const parsed = parseOptions(options);
  const connections = createConnections(parsed);
  try {
    await assertDurable(connections.run);
    await migrate(connections, migrationsFor(POSTGRES_DIALECT));
    assertServable('the PostgreSQL database', await readStoreMove(connections.run));
    return createPostgresStore(connections, parsed.statementTimeoutMs);
  } catch (error) {
    await connections.end();
    throw toFault(error);
  }
}

function parseOptions(options: PostgresStoreOptions): Required<PostgresStoreOptions> {
  const {
    connectionString,
    poolMax = POOL_DEFAULT,
    statementTimeoutMs = STATEMENT_TIMEOUT_DEFAULT_MS,
    connectTimeoutMs = CONNECT_TIMEOUT_DEFAULT_MS,
  } = options;
  // The text may hold a password, so that a message shows nothing of it.
  if (!URL.canParse(connectionString) || !/^postgres(ql)?:/.test(connectionString)) {
    throw new ReservationError('INVALID_OPTION', 'connectionString should be a postgres:// URL, is something else');
  }
  assertWithin({ poolMax }, POOL_MAX);
  assertWithin({ statementTimeoutMs }, TIMEOUT_MAX_MS);
  assertWithin({ connectTimeoutMs }, TIMEOUT_MAX_MS);
  return { connectionString, poolMax, statementTimeoutMs, connectTimeoutMs };
}

function assertWithin(option: Readonly<Record<string, number>>, max: number): void {
  for (const [name, value] of Object.entries(option)) {
    if (Number.isInteger(value) && value >= 1 && value <= max) continue;
    throw new ReservationError('INVALID_OPTION', `${name} should be a whole number from 1 to ${max}, is ${value}`);
  }
}
