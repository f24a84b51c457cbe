import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { KeyClaim } from '../inline-writes.ts';
import type { QueuedPayment } from '../due-work.ts';

/** The largest page that is read, and the largest batch that is written, in rows. */
export const TRANSFER_ROWS_MAX = 1_000;

/** An event as it is stored, text for text: whoever moves it does not write it anew. */
export interface EventText {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly id: string;
  readonly commandId: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** JSON. */
  readonly data: string;
  /** JSON. */
  readonly metadata: string;
  /** Covers all the others; both ends compute it in the same way. */
  readonly checksum: number;
}

/** An idempotency key and the stream that it is bound to. */
export interface StoredKey extends KeyClaim {
  readonly stream: string;
}

/** An open payment. Leases do not move: whoever held one is gone, and its payment is due at once (`dueAt` 0). */
export type StoredPayment = Omit<QueuedPayment, 'owner'>;

/** How far a subscription has read; who holds its lease does not move. */
export interface StoredCheckpoint {
  readonly name: string;
  readonly position: number;
  /** Position of the event that it could not get past; null while it may run. */
  readonly stoppedAt: number | null;
  readonly stoppedBecause: string | null;
}

/** A page: rows that sort behind `after` (null: from the start), at most `limit`, 1 to {@link TRANSFER_ROWS_MAX}. */
export interface TransferPage<Place> {
  readonly after: Place | null;
  readonly limit: number;
}

/** The place of an event within the order of streams. */
export type StreamPlace = Pick<EventText, 'stream' | 'version'>;

/** The place of a key. */
export type KeyPlace = Pick<StoredKey, 'scope' | 'key'>;

/**
 * What both ends of a move show of themselves. Texts sort byte by byte, so that two ends in step show the same.
 * @throws {ReservationError} STORE_CORRUPT for an event that is not what was written, with its place.
 */
export interface TransferRows {
  /** The log in the order of positions, behind position `after`, without a gap. */
  log(page: { readonly after: number; readonly limit: number }): Promise<readonly EventText[]>;
  /** The log in the order of streams and versions. */
  streams(page: TransferPage<StreamPlace>): Promise<readonly EventText[]>;
  keys(page: TransferPage<KeyPlace>): Promise<readonly StoredKey[]>;
  /** In the order of reservation ids. */
  payments(page: TransferPage<ReservationId>): Promise<readonly StoredPayment[]>;
  /** In the order of names. */
  checkpoints(page: TransferPage<string>): Promise<readonly StoredCheckpoint[]>;
}

/** One move, as both databases remember it. */
export interface MoveRecord {
  /** The same in both databases of one move, and in no other. */
  readonly id: string;
  /** The other database, for people. */
  readonly other: string;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
}

/** A store that nobody serves, and into which nobody else can write while it is open here. */
export interface TransferSource extends TransferRows {
  /** For people: never with a password. */
  readonly name: string;
  /** The move out of this store that was finished before; null while it is alive. */
  readonly moved: MoveRecord | null;
  /** Position of the last event; 0 for none. */
  readonly lastPosition: number;
  /** From now on nobody can serve this store, nor write into it: it is a backup. Once it resolved that is on disk. */
  markMoved(move: MoveRecord & { readonly finishedAt: number }): Promise<void>;
  /** Lets go of the store; without {@link markMoved} it is as it was. Idempotent. */
  close(): Promise<void>;
}

/** What a database is that a store is to be moved into. */
export type TargetState =
  | { readonly kind: 'empty' }
  /** It has something of its own. */
  | { readonly kind: 'occupied' }
  /** A move into it began; `lastPosition` is that of the last event that arrived. */
  | { readonly kind: 'under-way'; readonly move: MoveRecord; readonly lastPosition: number }
  /** A store was moved into it, and may have been served since. */
  | { readonly kind: 'finished'; readonly move: MoveRecord };

/**
 * A database that a store is moved into. Between `begin` and `finish` nobody can serve it: whoever opens it is
 * refused, and a server that had it open before can neither append nor take a payment.
 *
 * Each import is one transaction: after a fault the batch is there wholly or not at all.
 */
export interface TransferTarget extends TransferRows {
  /** For people: never with a password. */
  readonly name: string;
  state(): Promise<TargetState>;
  /** @throws {ReservationError} STORE_UNSUITABLE when the database has something of its own. */
  begin(move: MoveRecord): Promise<void>;
  /**
   * Forgets what arrived but the log, of which alone it is known that it cannot have changed at the source since:
   * everything else is copied anew.
   */
  forgetAllButTheLog(): Promise<void>;
  /** @throws {ReservationError} STORE_UNSUITABLE when they do not begin at the next position; nothing is written. */
  importEvents(events: readonly EventText[]): Promise<void>;
  importSummaries(summaries: readonly ReservationSummary[]): Promise<void>;
  /** @throws {ReservationError} STORE_UNSUITABLE for a key that this database cannot hold. */
  importKeys(keys: readonly StoredKey[]): Promise<void>;
  importPayments(payments: readonly StoredPayment[]): Promise<void>;
  importCheckpoints(checkpoints: readonly StoredCheckpoint[]): Promise<void>;
  /** The view in the order of reservation ids. */
  summaries(page: TransferPage<ReservationId>): Promise<readonly ReservationSummary[]>;
  /** A text for people as this database holds it. Names, keys and events are never changed. */
  textForPeople(text: string): string;
  /** From now on the store is served from here. One transaction. */
  finish(finishedAt: number): Promise<void>;
  close(): Promise<void>;
}
