// As a namespace: on a Node without crc32 a named import would hide the message about the required version.
import * as zlib from 'node:zlib';
import type { StoredEvent } from '../../../domain/reservation/stored-event.ts';
import { ReservationError } from '../../../errors.ts';
import type { EventMetadata, NewEvent, RecordedEvent } from '../../../ports/event-store.ts';
import { type EventRow, ONLY_SHARD } from '../columns.ts';

/** An event encoded before the transaction begins, so that one that cannot be encoded fails only its own append. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
}

/** Encodes an event. */
export function encodeNewEvent(event: NewEvent): EncodedEvent {
  const { recordedAt, correlationId, causationId, traceparent, caller } = event.metadata;
  return {
    id: event.id,
    type: event.type,
    schema_version: event.schemaVersion,
    data: JSON.stringify(event.data),
    metadata: JSON.stringify({ recordedAt, correlationId, causationId, traceparent, caller }),
  };
}

/** The event's row at its place in the log, with its checksum. */
export function toEventRow(
  event: EncodedEvent,
  place: { readonly stream: string; readonly version: number; readonly position: number; readonly commandId: string },
): EventRow {
  const { stream, version, position, commandId: command_id } = place;
  const { id, type, schema_version, data, metadata } = event;
  const row = { shard: ONLY_SHARD, stream, version, position, id, command_id, type, schema_version, data, metadata };
  return { ...row, checksum: checksumOf(row) };
}

/** Verifies the checksum of a row of the log. @throws {ReservationError} STORE_CORRUPT when it does not match. */
export function assertIntact(row: EventRow): void {
  if (checksumOf(row) !== row.checksum) {
    throw new ReservationError('STORE_CORRUPT', `${nameOf(row)} does not match its checksum`);
  }
}

/** Verifies that rows follow `after` without a gap, by version or position. @throws {ReservationError} STORE_CORRUPT */
export function assertGapless(rows: readonly EventRow[], order: 'version' | 'position', after: number): void {
  for (const [index, row] of rows.entries()) {
    const expected = after + index + 1;
    if (row[order] === expected) continue;
    throw new ReservationError('STORE_CORRUPT', `${order} ${expected} is missing: ${nameOf(row)} stands in its place`);
  }
}

/** Reads rows that must follow `after` without a gap. @throws {ReservationError} STORE_CORRUPT for a gap or a damaged row. */
export function fromEventRows(
  rows: readonly EventRow[],
  order: 'version' | 'position',
  after: number,
): readonly RecordedEvent[] {
  assertGapless(rows, order, after);
  return rows.map(fromEventRow);
}

function fromEventRow(row: EventRow): RecordedEvent {
  assertIntact(row);
  const { stream, version, position, id, type, command_id: commandId, schema_version: schemaVersion } = row;
  const data = JSON.parse(row.data) as StoredEvent['data'];
  const metadata = JSON.parse(row.metadata) as EventMetadata;
  return { stream, version, position, id, commandId, type, schemaVersion, data, metadata };
}

/**
 * CRC-32 over all columns but the position, in a fixed order. The database, which assigns positions, completes it to the
 * checksum without the texts.
 */
export function sealOf(row: Omit<EventRow, 'checksum' | 'position'>): number {
  const { shard, stream, version, id, command_id, type, schema_version, data, metadata } = row;
  return zlib.crc32([shard, stream, version, id, command_id, type, schema_version, data, metadata].join('\n'));
}

/** The seal XOR both halves of the position. Part of the storage format. */
function checksumOf(row: Omit<EventRow, 'checksum'>): number {
  const { position } = row;
  return (sealOf(row) ^ position ^ Math.floor(position / 2 ** 32)) >>> 0;
}

function nameOf(row: EventRow): string {
  return `the event at position ${row.position} (stream ${row.stream}, version ${row.version})`;
}
