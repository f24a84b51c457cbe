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
  /** The store holds events that a later release wrote; the message names the first one. Not damage: use that release. */
  | 'STORE_NEWER'
  /** More concurrent writers on one stream than the bounded retries allow. */
  | 'TOO_MANY_CONFLICTS'
  /** The engine is stopping or stopped and takes no new work. */
  | 'STOPPED'
  /** As many requests are under way as may be. Nothing was recorded, sent or read: repeat the request after a pause. */
  | 'OVERLOADED';

/** Marks the instances of every copy of this package: a process may have loaded several. */
const BRAND: unique symbol = Symbol.for('@reservations/core/ReservationError');

/**
 * A fault, as opposed to an expected outcome (those are values). `cause` holds the underlying error. Test with
 * {@link isReservationError}: `instanceof` fails for an error of another copy of this package.
 */
export class ReservationError extends Error {
  readonly code: ReservationErrorCode;

  constructor(code: ReservationErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'ReservationError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * True for a {@link ReservationError}, made by this or another copy of the package, with this code; without a code, for
 * every one of them.
 */
export function isReservationError(error: unknown, code?: ReservationErrorCode): error is ReservationError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}

/** Throws on a bug of this package, in production too. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
