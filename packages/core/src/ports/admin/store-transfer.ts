import type { ApiKey } from '../api-keys.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { KeyClaim } from '../inline-writes.ts';
import type { WorkItem, WorkName } from '../due-work.ts';

/** Largest page that is read and largest batch that is written, in rows. */
export const TRANSFER_ROWS_MAX = 1_000;

/** An event as its stored texts, so that a move copies it without encoding it again. */
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
  /** Covers all other fields; both databases compute it in the same way. */
  readonly checksum: number;
}

/** An idempotency key and the stream that it is bound to. */
export interface StoredKey extends KeyClaim {
  readonly stream: string;
}

/** An open work item. A move does not keep leases: a leased item is due at once (`dueAt` 0). */
export type StoredWork = Omit<WorkItem, 'owner'>;

/** Checkpoint of a subscription, without its lease. */
export interface StoredCheckpoint {
  readonly name: string;
  readonly position: number;
  /** Position of the event that could not be handled; null while the subscription runs. */
  readonly stoppedAt: number | null;
  readonly stoppedBecause: string | null;
}

/** A page: rows that sort behind `after` (null: from the start), at most `limit`, 1 to {@link TRANSFER_ROWS_MAX}. */
export interface TransferPage<Place> {
  readonly after: Place | null;
  readonly limit: number;
}

/** Place of an event in the order of streams. */
export type StreamPlace = Pick<EventText, 'stream' | 'version'>;

/** Place of a key. */
export type KeyPlace = Pick<StoredKey, 'scope' | 'key'>;

/**
 * The rows that both databases of a move expose. Texts sort byte by byte, so that equal databases return equal pages.
 * @throws {ReservationError} STORE_CORRUPT for an event that fails its checksum, with its place.
 */
export interface TransferRows {
  /** The log ordered by position, behind position `after`, without a gap. */
  log(page: { readonly after: number; readonly limit: number }): Promise<readonly EventText[]>;
  /** The log ordered by stream and version. */
  streams(page: TransferPage<StreamPlace>): Promise<readonly EventText[]>;
  keys(page: TransferPage<KeyPlace>): Promise<readonly StoredKey[]>;
  /** Ordered by kind and id. */
  work(page: TransferPage<WorkName>): Promise<readonly StoredWork[]>;
  /** Ordered by name. */
  checkpoints(page: TransferPage<string>): Promise<readonly StoredCheckpoint[]>;
  /** Ordered by prefix, with their revocations and last uses. */
  apiKeys(page: TransferPage<string>): Promise<readonly ApiKey[]>;
}

/** One move, as recorded in both databases. */
export interface MoveRecord {
  /** The same in both databases of one move, and in no other. */
  readonly id: string;
  /** The other database, as text for operators. */
  readonly other: string;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
}

/** A store that is not being served; while it is open here, no other process can write to it. */
export interface TransferSource extends TransferRows {
  /** Text for operators, without a password. */
  readonly name: string;
  /** The finished move out of this store; null while there is none. */
  readonly moved: MoveRecord | null;
  /** Position of the last event; 0 for an empty log. */
  readonly lastPosition: number;
  /** The view's row of a reservation; null when there is none. Read where the stream has events of a later release. */
  summary(id: ReservationId): Promise<ReservationSummary | null>;
  /** Marks the store as a backup that cannot be served or written any more. Durable when the call resolves. */
  markMoved(move: MoveRecord & { readonly finishedAt: number }): Promise<void>;
  /** Releases the store; without {@link markMoved} it is unchanged. Idempotent. */
  close(): Promise<void>;
}

/** State of the target database of a move. */
export type TargetState =
  | { readonly kind: 'empty' }
  /** It has data of its own. */
  | { readonly kind: 'occupied' }
  /** A move into it has begun; `lastPosition` is the position of the last event that arrived. */
  | { readonly kind: 'under-way'; readonly move: MoveRecord; readonly lastPosition: number }
  /** A store was moved into it, and may have been served since. */
  | { readonly kind: 'finished'; readonly move: MoveRecord };

/**
 * The target database of a move. Between `begin` and `finish` it cannot be served: opening it fails, and a server that
 * had it open before can neither append nor take due work.
 *
 * Each import is one transaction: after a fault, a batch is there wholly or not at all.
 */
export interface TransferTarget extends TransferRows {
  /** Text for operators, without a password. */
  readonly name: string;
  state(): Promise<TargetState>;
  /** @throws {ReservationError} STORE_UNSUITABLE when the database has something of its own. */
  begin(move: MoveRecord): Promise<void>;
  /**
   * Deletes everything that arrived except the log: only the log cannot have changed at the source since. The rest is
   * copied again.
   */
  forgetAllButTheLog(): Promise<void>;
  /** @throws {ReservationError} STORE_UNSUITABLE when they do not begin at the next position; nothing is written. */
  importEvents(events: readonly EventText[]): Promise<void>;
  importSummaries(summaries: readonly ReservationSummary[]): Promise<void>;
  /** @throws {ReservationError} STORE_UNSUITABLE for a key that this database cannot hold. */
  importKeys(keys: readonly StoredKey[]): Promise<void>;
  importWork(items: readonly StoredWork[]): Promise<void>;
  importCheckpoints(checkpoints: readonly StoredCheckpoint[]): Promise<void>;
  importApiKeys(keys: readonly ApiKey[]): Promise<void>;
  /** The view ordered by reservation id. */
  summaries(page: TransferPage<ReservationId>): Promise<readonly ReservationSummary[]>;
  /** A text for display as this database stores it. Names, keys and events are never changed. */
  textForPeople(text: string): string;
  /** Makes the target servable, in one transaction. */
  finish(finishedAt: number): Promise<void>;
  close(): Promise<void>;
}
