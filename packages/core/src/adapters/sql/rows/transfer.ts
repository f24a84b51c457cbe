import type { EventText, StoredCheckpoint, StoredKey, StoredWork } from '../../../ports/admin/store-transfer.ts';
import { fromWorkRow } from './work.ts';
import { assertGapless, assertIntact } from './events.ts';
import { type EventRow, type KeyRow, ONLY_SHARD, type WorkRow, type SubscriptionRow } from '../columns.ts';

/** Reads events as texts. @throws {ReservationError} STORE_CORRUPT when a row fails its checksum. */
export function toEventTexts(rows: readonly EventRow[]): readonly EventText[] {
  for (const row of rows) assertIntact(row);
  return rows.map((row) => {
    const { stream, version, position, id, type, data, metadata, checksum } = row;
    const { command_id: commandId, schema_version: schemaVersion } = row;
    return { stream, version, position, id, commandId, type, schemaVersion, data, metadata, checksum };
  });
}

/** Like {@link toEventTexts}, for rows without gaps. @throws {ReservationError} STORE_CORRUPT for a gap, too. */
export function toLogTexts(rows: readonly EventRow[], after: number): readonly EventText[] {
  assertGapless(rows, 'position', after);
  return toEventTexts(rows);
}

/** The row of {@link toEventTexts}. */
export function fromEventText({ commandId, schemaVersion, ...texts }: EventText): EventRow {
  return { shard: ONLY_SHARD, ...texts, command_id: commandId, schema_version: schemaVersion };
}

/** Reads a key's row. */
export function toStoredKey(row: KeyRow): StoredKey {
  return { scope: row.scope, key: row.idempotency_key, fingerprint: row.fingerprint, stream: row.stream };
}

/** The row of {@link toStoredKey}. */
export function fromStoredKey({ scope, key, fingerprint, stream }: StoredKey): KeyRow {
  return { shard: ONLY_SHARD, scope, idempotency_key: key, fingerprint, stream };
}

/** Reads a row of due work; leased work is due at once. */
export function toStoredWork(row: WorkRow): StoredWork {
  const { owner, dueAt, ...item } = fromWorkRow(row);
  return { ...item, dueAt: owner === null ? dueAt : 0 };
}

/** A row of due work without a lease. */
export function fromStoredWork(shard: number, item: StoredWork): WorkRow {
  return {
    shard,
    kind: item.kind,
    id: item.id,
    opened_at: item.openedAt,
    attempts: item.attempts,
    due_at: item.dueAt,
    owner: null,
    last_outcome: item.lastOutcome,
  };
}

/** Reads a subscription's row. */
export function toStoredCheckpoint(row: SubscriptionRow): StoredCheckpoint {
  return {
    name: row.name,
    position: row.position,
    stoppedAt: row.stopped_at,
    stoppedBecause: row.stopped_because,
  };
}

/** A subscription's row without a lease. */
export function fromStoredCheckpoint(shard: number, checkpoint: StoredCheckpoint): SubscriptionRow {
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
