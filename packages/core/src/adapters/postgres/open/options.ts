import { ReservationError } from '../../../errors.ts';
import { checkWholeNumber } from '../../../options.ts';
import type { Observers } from '../../../ports/observer.ts';
import type { SchemaMode } from '../../sql/migrations.ts';
import type { ConnectionOptions } from './connection.ts';
import { parsePostgresUrl, type PostgresUrl } from './connection-string.ts';

/** Default size of the pool. */
export const POOL_DEFAULT = 10;

/** Largest size of the pool. */
export const POOL_MAX = 100;

/** Default timeout of a statement. */
export const STATEMENT_TIMEOUT_DEFAULT_MS = 10_000;

/** Default timeout for obtaining a connection, new or pooled. */
export const CONNECT_TIMEOUT_DEFAULT_MS = 5_000;

/** Largest value of either timeout. */
export const TIMEOUT_MAX_MS = 600_000;

/** Options of {@link openPostgresStore}. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that {@link parsePostgresUrl} knows. */
  readonly connectionString: string;
  /** Size of the pool: 1 to {@link POOL_MAX}. Default {@link POOL_DEFAULT}. */
  readonly poolMax?: number;
  /**
   * Timeout of a statement: 1 to {@link TIMEOUT_MAX_MS}. Default {@link STATEMENT_TIMEOUT_DEFAULT_MS}. The server ends an
   * append that waits for a lock; every other statement ends with its connection.
   */
  readonly statementTimeoutMs?: number;
  /** Timeout for obtaining a connection: 1 to {@link TIMEOUT_MAX_MS}. Default {@link CONNECT_TIMEOUT_DEFAULT_MS}. */
  readonly connectTimeoutMs?: number;
  /**
   * "upgrade" (the default) creates the tables and migrates them to the schema of this code; "require" changes nothing and
   * fails with STORE_UNSUITABLE unless the schema is current.
   */
  readonly schema?: SchemaMode;
  /**
   * true: the store sends NOTIFY after its commits, and LISTENs on one more connection while its log is followed. Requires
   * a session, which a transaction pooler does not provide. false, the default: a follower learns of this store's commits
   * at once and of others by polling.
   */
  readonly notify?: boolean;
  /**
   * true, the default: opening fails with STORE_UNSUITABLE unless role and engine can do everything that serving requires.
   * false: for tools, whose role may be read-only.
   */
  readonly serving?: boolean;
  /**
   * Receives `store-alarm` while the store is opened and, checked every few seconds, on each change; and
   * `appends-committed` for each group of appends that was committed together. Default: each alarm is written once to
   * standard error, and nothing is counted; with `serving: false` the store is not watched.
   */
  readonly observer?: Observers;
}

/** @throws {ReservationError} INVALID_OPTION; the message never shows a password. */
export function parseConnectionOptions(
  options: Pick<PostgresStoreOptions, keyof ConnectionOptions>,
): ConnectionOptions {
  const {
    poolMax = POOL_DEFAULT,
    statementTimeoutMs = STATEMENT_TIMEOUT_DEFAULT_MS,
    connectTimeoutMs = CONNECT_TIMEOUT_DEFAULT_MS,
  } = options;
  const { forDriver } = checkedUrl(options.connectionString);
  checkWholeNumber('poolMax', poolMax, 1, POOL_MAX);
  checkWholeNumber('statementTimeoutMs', statementTimeoutMs, 1, TIMEOUT_MAX_MS);
  checkWholeNumber('connectTimeoutMs', connectTimeoutMs, 1, TIMEOUT_MAX_MS);
  return { connectionString: forDriver, poolMax, statementTimeoutMs, connectTimeoutMs };
}

/** Parses the URL of an option. @throws {ReservationError} INVALID_OPTION; the message never shows a password. */
export function checkedUrl(connectionString: string): PostgresUrl {
  const read = parsePostgresUrl(connectionString);
  if (read.kind === 'url') return read.url;
  throw new ReservationError('INVALID_OPTION', `connectionString: ${read.faults.join('; ')}`);
}
