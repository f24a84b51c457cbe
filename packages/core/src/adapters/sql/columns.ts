import { ANONYMOUS_CALLER } from '../../domain/caller.ts';
import { readSummary, type ReservationSummary, writeSummary } from '../../domain/reservation/summary.ts';
import type { ListKey, ListOrder } from '../../ports/reservation-view.ts';

/**
 * The columns of every table, once. `shard` leads every key: one shard is one total order of events, and several need no
 * new format. Times are milliseconds since the epoch. A test compares the migrations of both engines with this file.
 */

/** The shard of a store with one shard. */
export const ONLY_SHARD = 0;

/** Values of a column by its type; the question mark allows null. */
interface Values {
  readonly integer: number;
  readonly text: string;
  readonly 'integer?': number | null;
  readonly 'text?': string | null;
}

/** A table as its columns with their types. */
export type Columns = Readonly<Record<string, keyof Values>>;

/** A row of a table with these columns. */
export type RowOf<Table extends Columns> = { readonly [Column in keyof Table]: Values[Table[Column]] };

/** The log. `data` and `metadata` are JSON; `checksum` covers every other column (see rows/events.ts). */
export const EVENTS = {
  shard: 'integer',
  stream: 'text',
  version: 'integer',
  position: 'integer',
  id: 'text',
  command_id: 'text',
  type: 'text',
  schema_version: 'integer',
  data: 'text',
  metadata: 'text',
  checksum: 'integer',
} as const;

/** The view: one row for each reservation, a JSON text beside the columns that it is looked up by. */
export const RESERVATIONS = {
  shard: 'integer',
  reservation_id: 'text',
  version: 'integer',
  user_id: 'text',
  stage: 'text',
  transaction_id: 'text?',
  /** Null for the anonymous caller: an index holds the others. */
  caller: 'text?',
  reference: 'text?',
  /** The rest of the summary as JSON (see `readSummary`). */
  summary: 'text',
} as const;

/** The row of a reservation. Every column is derived here, so that a new field of the view needs no column. */
export function toReservationRow(summary: ReservationSummary): ReservationRow {
  return {
    shard: ONLY_SHARD,
    reservation_id: summary.reservationId,
    version: summary.version,
    user_id: summary.userId,
    stage: summary.stage,
    transaction_id: summary.transactionId,
    caller: summary.caller === ANONYMOUS_CALLER ? null : summary.caller,
    reference: summary.reference,
    summary: writeSummary(summary),
  };
}

/** Reads the row; looked-up fields come from their columns. @throws {SyntaxError} for a text that is no JSON. */
export function fromReservationRow(row: ReservationRow): ReservationSummary {
  return {
    ...readSummary(row.summary),
    reservationId: row.reservation_id as ReservationSummary['reservationId'],
    version: row.version,
    userId: row.user_id,
    stage: row.stage as ReservationSummary['stage'],
    transactionId: row.transaction_id,
    caller: row.caller ?? ANONYMOUS_CALLER,
    reference: row.reference,
  };
}

/** The columns that lists are read by, each with an index of its own. */
export const LIST_COLUMNS: {
  readonly [Field in ListKey['field']]: 'user_id' | 'stage' | 'transaction_id' | 'caller' | 'reference';
} = { userId: 'user_id', stage: 'stage', transactionId: 'transaction_id', caller: 'caller', reference: 'reference' };

/** Where a page begins that has none before it: every id sorts between the two, byte by byte. */
export const BEFORE_EVERY_ID: { readonly [Order in ListOrder]: string } = { asc: '', desc: '~' };

/** Work that is due at a time, of all kinds. */
export const DUE_WORK = {
  shard: 'integer',
  kind: 'text',
  id: 'text',
  opened_at: 'integer',
  attempts: 'integer',
  due_at: 'integer',
  /** Holder of the lease; null while the item waits. */
  owner: 'text?',
  last_outcome: 'text?',
} as const;

/** The bound idempotency keys and their streams. */
export const IDEMPOTENCY_KEYS = {
  shard: 'integer',
  scope: 'text',
  idempotency_key: 'text',
  fingerprint: 'text',
  stream: 'text',
} as const;

/** Checkpoints of the subscriptions. */
export const SUBSCRIPTIONS = {
  shard: 'integer',
  name: 'text',
  /** Every event up to this position was handled. */
  position: 'integer',
  /** Holder of the lease; null when it is free. */
  owner: 'text?',
  lease_until: 'integer',
  /** Position of the event that could not be handled; null while the subscription runs. */
  stopped_at: 'integer?',
  stopped_because: 'text?',
} as const;

/** The server's API keys; never the keys themselves (see `ApiKey`). */
export const API_KEYS = {
  shard: 'integer',
  prefix: 'text',
  /** SHA-256 of the whole key, hexadecimal. */
  hash: 'text',
  name: 'text',
  /** Between single spaces. */
  scopes: 'text',
  created_at: 'integer',
  expires_at: 'integer?',
  revoked_at: 'integer?',
  /** A day, YYYY-MM-DD in UTC. */
  last_used_on: 'text?',
} as const;

/** The move of the store to or from another database, if any. */
export const STORE_MOVES = {
  shard: 'integer',
  /** "source": the store is in the other database now. "target": the store came from the other database. */
  role: 'text',
  /** The same in both databases of one move, and in no other. */
  move_id: 'text',
  /** Address of the other database, without a password. */
  other: 'text',
  began_at: 'integer',
  /** Null during the move: a target must not be served before. */
  finished_at: 'integer?',
} as const;

/** One row that SQLite writes to check that a commit succeeds. */
export const WRITE_PROBE = {
  shard: 'integer',
  writes: 'integer',
} as const;

/** The applied migrations. */
export const SCHEMA_MIGRATIONS = {
  version: 'integer',
  name: 'text',
} as const;

export type EventRow = RowOf<typeof EVENTS>;
export type ReservationRow = RowOf<typeof RESERVATIONS>;
export type WorkRow = RowOf<typeof DUE_WORK>;
export type KeyRow = RowOf<typeof IDEMPOTENCY_KEYS>;
export type SubscriptionRow = RowOf<typeof SUBSCRIPTIONS>;
export type ApiKeyRow = RowOf<typeof API_KEYS>;
export type MoveRow = RowOf<typeof STORE_MOVES>;

/** The database for kysely. */
export interface Tables {
  readonly events: EventRow;
  readonly reservations: ReservationRow;
  readonly due_work: WorkRow;
  readonly idempotency_keys: KeyRow;
  readonly subscriptions: SubscriptionRow;
  readonly api_keys: ApiKeyRow;
  readonly store_moves: MoveRow;
  readonly write_probe: RowOf<typeof WRITE_PROBE>;
  readonly schema_migrations: RowOf<typeof SCHEMA_MIGRATIONS>;
}
