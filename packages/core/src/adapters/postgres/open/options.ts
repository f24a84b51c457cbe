import { ReservationError } from '../../../errors.ts';
import type { Observer } from '../../../ports/observer.ts';
import type { SchemaMode } from '../../sql/migrations.ts';
import type { ConnectionOptions } from './connection.ts';
import { parsePostgresUrl, type PostgresUrl } from './connection-string.ts';

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
  /** `postgres://user:password@host:port/database`, with the parameters that {@link parsePostgresUrl} knows. */
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
  /**
   * "upgrade" (the default) makes the tables and brings them to the schema of this code; "require" changes nothing,
   * and fails with STORE_UNSUITABLE unless they are there and current.
   */
  readonly schema?: SchemaMode;
  /**
   * true: after its commits the store sends NOTIFY, and while anybody follows its log it has one more connection, on
   * which it LISTENs for those of others. It needs a session, which a pooler of transactions does not give. false, the
   * default: who follows the log hears at once of this store's commits, and finds those of others by polling.
   */
  readonly notify?: boolean;
  /**
   * true, the default: opening fails with STORE_UNSUITABLE unless this role and this engine can do everything that serving
   * takes. false: for a tool, which may have a role that only reads.
   */
  readonly serving?: boolean;
  /**
   * Hears of `store-alarm`s: once while the store is opened, and afterwards, every few seconds, of what has changed.
   * Without one the store looks once, at what makes it refuse to open.
   */
  readonly observer?: Observer;
}

/** @throws {ReservationError} INVALID_OPTION, in words that show no password. */
export function parseConnectionOptions(
  options: Pick<PostgresStoreOptions, keyof ConnectionOptions>,
): ConnectionOptions {
  const {
    poolMax = POOL_DEFAULT,
    statementTimeoutMs = STATEMENT_TIMEOUT_DEFAULT_MS,
    connectTimeoutMs = CONNECT_TIMEOUT_DEFAULT_MS,
  } = options;
  const { forDriver } = checkedUrl(options.connectionString);
  assertWithin({ poolMax }, POOL_MAX);
  assertWithin({ statementTimeoutMs }, TIMEOUT_MAX_MS);
  assertWithin({ connectTimeoutMs }, TIMEOUT_MAX_MS);
  return { connectionString: forDriver, poolMax, statementTimeoutMs, connectTimeoutMs };
}

/** The URL of an option. @throws {ReservationError} INVALID_OPTION, in words that show no password. */
export function checkedUrl(connectionString: string): PostgresUrl {
  const read = parsePostgresUrl(connectionString);
  if (read.kind === 'url') return read.url;
  throw new ReservationError('INVALID_OPTION', `connectionString: ${read.faults.join('; ')}`);
}

function assertWithin(option: Readonly<Record<string, number>>, max: number): void {
  for (const [name, value] of Object.entries(option)) {
    if (Number.isInteger(value) && value >= 1 && value <= max) continue;
    throw new ReservationError('INVALID_OPTION', `${name} should be a whole number from 1 to ${max}, is ${value}`);
  }
}
