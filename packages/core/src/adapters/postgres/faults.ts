import { isReservationError, ReservationError } from '../../errors.ts';

/** Classes and codes of SQLSTATE that concern the server or the connection, not our statements. */
const UNAVAILABLE = [
  '08', // connection
  '25006', // read-only: a standby, or a failover under way
  '25P03', // waited too long for us within a transaction
  '28', // not let in
  '3D000', // no such database
  '3F000', // no such schema
  '40', // serialization failure, deadlock: after the last repetition
  '42501', // not permitted
  '42883', // no such function: dropped, or its schema is no longer in the search_path
  '42P01', // no such table, for the same reasons, or the role lost "usage" on the schema
  '53', // out of disk, memory or connections
  '55P03', // a lock was not had in time
  '57', // shut down, restarted, terminated, cancelled, timed out
  '58', // the server's operating system
];
const CORRUPT = ['XX001', 'XX002'];

/** SQLSTATE of transactions that the server rolled back because of a conflict; they can be repeated as they are. */
const REPEATABLE: ReadonlySet<string | null> = new Set(['40001', '40P01']);

/** True for a transaction that the server rolled back because of a conflict (40001, 40P01). */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(sqlStateOf(error));
}

/**
 * Maps an error of the driver to what a caller of the store receives. An error without SQLSTATE comes from the
 * connection: lost, refused, timed out. A bug of this package is returned unchanged.
 */
export function toFault(error: unknown): unknown {
  if (!(error instanceof Error) || isReservationError(error)) return error;
  const state = sqlStateOf(error);
  if (state === null) return unavailable(error);
  if (error.message.includes(STATEMENT_POOLING)) return behindStatementPooler(error);
  const matches = (prefix: string): boolean => state.startsWith(prefix);
  if (CORRUPT.some(matches)) {
    return new ReservationError('STORE_CORRUPT', `the database is damaged: ${error.message}`, { cause: error });
  }
  return UNAVAILABLE.some(matches) ? unavailable(error) : error;
}

/** Message of PgBouncer, with the code of a protocol violation, to a client that begins a transaction. */
const STATEMENT_POOLING = 'statement pooling mode';

function behindStatementPooler(error: Error): ReservationError {
  const message =
    'the connection leads through a pooler in statement mode, which allows no transaction of several statements: set ' +
    'pool_mode = transaction (or session) for this database';
  return new ReservationError('STORE_UNSUITABLE', message, { cause: error });
}

const NOT_FOUND =
  '. The store was opened with it: look at the tables, at the search_path of the connection, and whether its role may ' +
  'use the schema';

/** Advice for states that the server's message does not explain. */
const HINTS: Readonly<Record<string, string>> = {
  '25006':
    '. Its transactions are read-only: the address leads to a standby, or default_transaction_read_only is on for the ' +
    'server, the database or the role',
  '3F000': NOT_FOUND,
  '42883': NOT_FOUND,
  '42P01': NOT_FOUND,
  '42501': '. Grant the role what docs/operations.md lists under "The role of the servers"',
};

/** SQLSTATE of an error reported by the server, else null. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function unavailable(error: Error): ReservationError {
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  // An AggregateError, for a name with several addresses, has no message of its own.
  const message = error.message === '' ? 'no connection' : error.message;
  const hint = HINTS[sqlStateOf(error) ?? ''] ?? '';
  return new ReservationError('STORE_UNAVAILABLE', `PostgreSQL cannot be used now: ${message}${code}${hint}`, {
    cause: error,
  });
}
