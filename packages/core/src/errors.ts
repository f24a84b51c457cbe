/** Code of a fault, as opposed to an expected outcome. Stable: programs may branch on it. */
export type ReservationErrorCode =
  /** An option is invalid; the message names it, what was expected and what was found. */
  | 'INVALID_OPTION'
  /** The store cannot be reached or written now; it is unknown whether a running commit took place. */
  | 'STORE_UNAVAILABLE'
  /** The store was closed. */
  | 'STORE_CLOSED'
  /** Another process serves this database file. */
  | 'STORE_IN_USE'
  /** The database is newer than this code, older than it can upgrade, or lacks a durability setting. */
  | 'STORE_UNSUITABLE'
  /** Stored data is damaged; the message names stream, version or position. */
  | 'STORE_CORRUPT'
  /** More concurrent writers on one stream than the bounded retries allow. */
  | 'TOO_MANY_CONFLICTS'
  /** The engine is stopping or stopped and takes no new work. */
  | 'STOPPED';

/** A fault, as opposed to an expected outcome (those are values). `cause` is the underlying error. */
export class ReservationError extends Error {
  readonly code: ReservationErrorCode;

  constructor(code: ReservationErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'ReservationError';
    this.code = code;
  }
}

/** Tells a {@link ReservationError} with this code from every other thrown value. */
export function isReservationError(error: unknown, code: ReservationErrorCode): error is ReservationError {
  return error instanceof ReservationError && error.code === code;
}

/** Throws on a bug of this package, in production too. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
