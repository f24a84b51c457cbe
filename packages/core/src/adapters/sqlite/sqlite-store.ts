import type { ReservationStore } from '../../ports/reservation-store.ts';

/** Sizes of the files of a store, in bytes; both 0 for a store in memory. */
export interface FileSizes {
  readonly databaseBytes: number;
  /** The write-ahead log: commits that are not in the database file yet. */
  readonly walBytes: number;
}

/** A store over SQLite, with state for monitoring. */
export interface SqliteStore extends ReservationStore {
  files(): FileSizes;
}
