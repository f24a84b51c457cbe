import type Database from 'better-sqlite3';
import { type EventsTable, ONLY_SHARD, type ReservationsTable } from '../../sql/tables.ts';
import { type Prepared, prepare, sql } from '../prepared.ts';

/** What an append has to know of each event that is there already. */
export interface StreamEntry {
  readonly version: number;
  readonly position: number;
  readonly command_id: string;
}

interface InStream {
  readonly stream: string;
}

interface Key {
  readonly scope: string;
  readonly key: string;
}

interface Claim extends Key, InStream {
  readonly fingerprint: string;
}

interface Lease extends InStream {
  readonly owner: string;
}

/** The statements of an append. */
export interface AppendStatements {
  readonly streamEntries: Prepared<InStream, StreamEntry>;
  readonly eventsBehind: Prepared<InStream & { readonly after: number }, EventsTable>;
  readonly insertEvent: Prepared<EventsTable, unknown>;
  readonly putReservation: Prepared<ReservationsTable, unknown>;
  /** Changes no row when the key is claimed already. */
  readonly insertKey: Prepared<Claim, unknown>;
  /** Changes no row unless the key is bound to the stream. */
  readonly deleteKey: Prepared<Key & InStream, unknown>;
  readonly keyHolder: Prepared<Key, { readonly stream: string; readonly fingerprint: string }>;
  readonly leaseOwner: Prepared<InStream, { readonly owner: string | null }>;
  /** Changes no row when the payment is in the queue already. */
  readonly enqueue: Prepared<Lease & { readonly openedAt: number; readonly leaseUntil: number }, unknown>;
  readonly releaseLease: Prepared<Lease & { readonly dueAt: number; readonly lastOutcome: string }, unknown>;
  readonly removePayment: Prepared<InStream, unknown>;
}

/** Compiles them for a connection. */
export function prepareAppendStatements(database: Database.Database): AppendStatements {
  return {
    ...prepareEventStatements(database),
    ...prepareKeyStatements(database),
    ...preparePaymentStatements(database),
  };
}

type EventStatements = Pick<AppendStatements, 'streamEntries' | 'eventsBehind' | 'insertEvent' | 'putReservation'>;

function prepareEventStatements(database: Database.Database): EventStatements {
  return {
    streamEntries: prepare(database, ({ stream }: InStream) =>
      sql
        .selectFrom('events')
        .select(['version', 'position', 'command_id'])
        .where('shard', '=', ONLY_SHARD)
        .where('stream', '=', stream)
        .orderBy('version'),
    ),
    eventsBehind: prepareEventsBehind(database),
    insertEvent: prepare(database, (row: EventsTable) =>
      sql.insertInto('events').values({
        shard: row.shard,
        stream: row.stream,
        version: row.version,
        position: row.position,
        id: row.id,
        command_id: row.command_id,
        type: row.type,
        schema_version: row.schema_version,
        data: row.data,
        metadata: row.metadata,
        checksum: row.checksum,
      }),
    ),
    putReservation: preparePutReservation(database),
  };
}

/** A stream's events behind a version, in order. */
export function prepareEventsBehind(database: Database.Database): AppendStatements['eventsBehind'] {
  return prepare(database, ({ stream, after }: InStream & { readonly after: number }) =>
    sql
      .selectFrom('events')
      .selectAll()
      .where('shard', '=', ONLY_SHARD)
      .where('stream', '=', stream)
      .where('version', '>', after)
      .orderBy('version'),
  );
}

/** Inserts a reservation's row or replaces all of its columns. */
export function preparePutReservation(database: Database.Database): AppendStatements['putReservation'] {
  return prepare(database, (row: ReservationsTable) => {
    const columns = columnsBesideKey(row);
    return sql
      .insertInto('reservations')
      .values({ shard: row.shard, reservation_id: row.reservation_id, ...columns })
      .onConflict((conflict) => conflict.columns(['shard', 'reservation_id']).doUpdateSet(columns));
  });
}

/** Columns set by an upsert of a reservation's row. */
function columnsBesideKey(row: ReservationsTable): Omit<ReservationsTable, 'shard' | 'reservation_id'> {
  return {
    status: row.status,
    stage: row.stage,
    user_id: row.user_id,
    amount_minor: row.amount_minor,
    currency: row.currency,
    decimals: row.decimals,
    transaction_id: row.transaction_id,
    failure_reason: row.failure_reason,
    answered_as: row.answered_as,
    message: row.message,
    created_at: row.created_at,
    updated_at: row.updated_at,
    version: row.version,
  };
}

function prepareKeyStatements(
  database: Database.Database,
): Pick<AppendStatements, 'insertKey' | 'deleteKey' | 'keyHolder'> {
  return {
    insertKey: prepare(database, ({ scope, key, fingerprint, stream }: Claim) =>
      sql
        .insertInto('idempotency_keys')
        .values({ shard: ONLY_SHARD, scope, idempotency_key: key, fingerprint, stream })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    deleteKey: prepare(database, ({ scope, key, stream }: Key & InStream) =>
      sql
        .deleteFrom('idempotency_keys')
        .where('shard', '=', ONLY_SHARD)
        .where('scope', '=', scope)
        .where('idempotency_key', '=', key)
        .where('stream', '=', stream),
    ),
    keyHolder: prepareKeyHolder(database),
  };
}

/** Compiles the look-up of a key for a connection. */
export function prepareKeyHolder(database: Database.Database): AppendStatements['keyHolder'] {
  return prepare(database, ({ scope, key }: Key) =>
    sql
      .selectFrom('idempotency_keys')
      .select(['stream', 'fingerprint'])
      .where('shard', '=', ONLY_SHARD)
      .where('scope', '=', scope)
      .where('idempotency_key', '=', key),
  );
}

type PaymentStatements = Pick<AppendStatements, 'leaseOwner' | 'enqueue' | 'releaseLease' | 'removePayment'>;

function preparePaymentStatements(database: Database.Database): PaymentStatements {
  return {
    leaseOwner: prepare(database, ({ stream }: InStream) =>
      sql
        .selectFrom('payment_queue')
        .select('owner')
        .where('shard', '=', ONLY_SHARD)
        .where('reservation_id', '=', stream),
    ),
    enqueue: prepare(
      database,
      ({ stream, owner, openedAt, leaseUntil }: Lease & { readonly openedAt: number; readonly leaseUntil: number }) =>
        sql
          .insertInto('payment_queue')
          .values({
            shard: ONLY_SHARD,
            reservation_id: stream,
            opened_at: openedAt,
            attempts: 0,
            due_at: leaseUntil,
            owner,
            last_outcome: null,
          })
          .onConflict((conflict) => conflict.doNothing()),
    ),
    releaseLease: prepareRelease(database),
    removePayment: prepare(database, ({ stream }: InStream) =>
      sql.deleteFrom('payment_queue').where('shard', '=', ONLY_SHARD).where('reservation_id', '=', stream),
    ),
  };
}

/** Gives a payment back, due at a time; changes no row when `owner` does not hold the lease. */
export function prepareRelease(database: Database.Database): AppendStatements['releaseLease'] {
  return prepare(
    database,
    ({ stream, owner, dueAt, lastOutcome }: Lease & { readonly dueAt: number; readonly lastOutcome: string }) =>
      sql
        .updateTable('payment_queue')
        .set({ owner: null, due_at: dueAt, last_outcome: lastOutcome })
        .where('shard', '=', ONLY_SHARD)
        .where('reservation_id', '=', stream)
        .where('owner', '=', owner),
  );
}
