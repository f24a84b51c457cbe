/**
 * The tables as kysely types. `shard` leads every key from the first day: one shard is one total order of events,
 * and more of them need no new format.
 */

/** The shard of a store that has just one. */
export const ONLY_SHARD = 0;

/** The log. `data` and `metadata` are JSON texts; `checksum` covers every other column (see event-rows.ts). */
export interface EventsTable {
  readonly shard: number;
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly id: string;
  readonly command_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
  readonly checksum: number;
}

/** The read side: one row for each reservation. */
export interface ReservationsTable {
  readonly shard: number;
  readonly reservation_id: string;
  readonly status: string;
  readonly stage: string;
  readonly user_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly decimals: number;
  readonly transaction_id: string | null;
  readonly failure_reason: string | null;
  readonly answered_as: string | null;
  readonly message: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

/** The payments without a verdict. Times are milliseconds since the epoch. */
export interface PaymentQueueTable {
  readonly shard: number;
  readonly reservation_id: string;
  readonly opened_at: number;
  readonly attempts: number;
  readonly due_at: number;
  readonly owner: string | null;
  readonly last_outcome: string | null;
}

/** The idempotency keys that are bound, and to which stream. */
export interface IdempotencyKeysTable {
  readonly shard: number;
  readonly scope: string;
  readonly idempotency_key: string;
  readonly fingerprint: string;
  readonly stream: string;
}

/** One row that is written to find out whether a commit succeeds now. */
export interface WriteProbeTable {
  readonly shard: number;
  readonly writes: number;
}

/** How far each subscription has read. Times are milliseconds since the epoch. */
export interface SubscriptionsTable {
  readonly shard: number;
  readonly name: string;
  /** Everything up to here was handled. */
  readonly position: number;
  /** Who holds the lease; null when nobody does. */
  readonly owner: string | null;
  readonly lease_until: number;
  /** Position of the event that it could not get past; null while it may run. */
  readonly stopped_at: number | null;
  readonly stopped_because: string | null;
}

/** The rebuild of the view that is under way, if there is one: whoever has another token was superseded. */
export interface ViewRebuildsTable {
  readonly shard: number;
  readonly token: string;
  readonly started_at: number;
}

/** The move of a store into another database, if there was one. Times are milliseconds since the epoch. */
export interface StoreMovesTable {
  readonly shard: number;
  /** "source": what was here lives elsewhere now. "target": what is here came from elsewhere. */
  readonly role: string;
  /** The same in both databases of one move, and in no other. */
  readonly move_id: string;
  /** The other database, for people: never with a password. */
  readonly other: string;
  readonly began_at: number;
  /** Null while it is under way: a target must not be served before. */
  readonly finished_at: number | null;
}

/** The migrations that were applied. */
export interface SchemaMigrationsTable {
  readonly version: number;
  readonly name: string;
}

/** The whole database. */
export interface Tables {
  readonly events: EventsTable;
  readonly reservations: ReservationsTable;
  /** While a rebuild is under way: the new version. */
  readonly reservations_rebuilt: ReservationsTable;
  readonly payment_queue: PaymentQueueTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly write_probe: WriteProbeTable;
  readonly subscriptions: SubscriptionsTable;
  readonly view_rebuilds: ViewRebuildsTable;
  readonly store_moves: StoreMovesTable;
  readonly schema_migrations: SchemaMigrationsTable;
}
