import type { ReservationId } from '../../domain/ids.ts';
import type { EventText, StoredCheckpoint, StoredKey, StoredPayment } from '../../ports/admin/store-transfer.ts';
import { assertGapless, assertIntact } from './event-rows.ts';
import {
  type EventsTable,
  type IdempotencyKeysTable,
  ONLY_SHARD,
  type PaymentQueueTable,
  type SubscriptionsTable,
} from './tables.ts';

/** Text for text. @throws {ReservationError} STORE_CORRUPT when a row is not what was written. */
export function toEventTexts(rows: readonly EventsTable[]): readonly EventText[] {
  for (const row of rows) assertIntact(row);
  return rows.map((row) => ({
    stream: row.stream,
    version: row.version,
    position: row.position,
    id: row.id,
    commandId: row.command_id,
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: row.metadata,
    checksum: row.checksum,
  }));
}

/** The same for rows that must follow each other. @throws {ReservationError} STORE_CORRUPT when one is missing, too. */
export function toLogTexts(rows: readonly EventsTable[], after: number): readonly EventText[] {
  assertGapless(rows, 'position', after);
  return toEventTexts(rows);
}

/** The row that {@link toEventTexts} read. */
export function fromEventText(event: EventText): EventsTable {
  return {
    shard: ONLY_SHARD,
    stream: event.stream,
    version: event.version,
    position: event.position,
    id: event.id,
    command_id: event.commandId,
    type: event.type,
    schema_version: event.schemaVersion,
    data: event.data,
    metadata: event.metadata,
    checksum: event.checksum,
  };
}

/** Reads a key's row. */
export function toStoredKey(row: IdempotencyKeysTable): StoredKey {
  return { scope: row.scope, key: row.idempotency_key, fingerprint: row.fingerprint, stream: row.stream };
}

/** The row that {@link toStoredKey} read. */
export function fromStoredKey({ scope, key, fingerprint, stream }: StoredKey): IdempotencyKeysTable {
  return { shard: ONLY_SHARD, scope, idempotency_key: key, fingerprint, stream };
}

/** Reads a row of the queue; what is leased is due at once. */
export function toStoredPayment(row: PaymentQueueTable): StoredPayment {
  return {
    reservationId: row.reservation_id as ReservationId,
    openedAt: row.opened_at,
    attempts: row.attempts,
    dueAt: row.owner === null ? row.due_at : 0,
    lastOutcome: row.last_outcome,
  };
}

/** A row of the queue without a lease. */
export function fromStoredPayment(shard: number, payment: StoredPayment): PaymentQueueTable {
  return {
    shard,
    reservation_id: payment.reservationId,
    opened_at: payment.openedAt,
    attempts: payment.attempts,
    due_at: payment.dueAt,
    owner: null,
    last_outcome: payment.lastOutcome,
  };
}

/** Reads a subscription's row. */
export function toStoredCheckpoint(row: SubscriptionsTable): StoredCheckpoint {
  return {
    name: row.name,
    position: row.position,
    stoppedAt: row.stopped_at,
    stoppedBecause: row.stopped_because,
  };
}

/** A subscription's row without a lease. */
export function fromStoredCheckpoint(shard: number, checkpoint: StoredCheckpoint): SubscriptionsTable {
  return {
    shard,
    name: checkpoint.name,
    position: checkpoint.position,
    owner: null,
    lease_until: 0,
    stopped_at: checkpoint.stoppedAt,
    stopped_because: checkpoint.stoppedBecause,
  };
}
