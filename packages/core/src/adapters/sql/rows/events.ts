// Not by its name: on a Node that lacks it, that would hide the message about the version that is needed.
import * as zlib from 'node:zlib';
import type { StoredEvent } from '../../../domain/reservation/stored-event.ts';
import { ReservationError } from '../../../errors.ts';
import type { EventMetadata, NewEvent, RecordedEvent } from '../../../ports/event-store.ts';
import { type EventRow, ONLY_SHARD } from '../columns.ts';

/** An event as text, made before the transaction begins: what cannot be written as JSON fails nobody else's append. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
}

/** Turns an event into text. */
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

/** The event's row at its place in the log, sealed by its checksum. */
export function toEventRow(
  event: EncodedEvent,
  place: { readonly stream: string; readonly version: number; readonly position: number; readonly commandId: string },
): EventRow {
  const { commandId: command_id, ...at } = place;
  const unsealed = { shard: ONLY_SHARD, ...at, ...event, command_id };
  return { ...unsealed, checksum: checksumOf(unsealed) };
}

/**
 * Holds a row of the log against its checksum.
 * @throws {ReservationError} STORE_CORRUPT when it is not what was written.
 */
export function assertIntact(row: EventRow): void {
  if (checksumOf(row) !== row.checksum) {
    throw new ReservationError('STORE_CORRUPT', `${nameOf(row)} does not match its checksum`);
  }
}

/**
 * Rows must follow each other without a gap behind `after`, by version or by position.
 * @throws {ReservationError} STORE_CORRUPT when one is missing.
 */
export function assertGapless(rows: readonly EventRow[], order: 'version' | 'position', after: number): void {
  for (const [index, row] of rows.entries()) {
    const expected = after + index + 1;
    if (row[order] === expected) continue;
    throw new ReservationError('STORE_CORRUPT', `${order} ${expected} is missing: ${nameOf(row)} stands in its place`);
  }
}

/**
 * Reads rows that must follow each other without a gap behind `after`, by version or by position.
 * @throws {ReservationError} STORE_CORRUPT when one is missing or is not what was written.
 */
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
 * CRC-32 over all columns but the position, in a fixed order. Whoever hands out positions last, in the database,
 * completes it to the checksum without seeing the text again.
 */
export function sealOf(row: Omit<EventRow, 'checksum' | 'position'>): number {
  const { shard, stream, version, id, command_id, type, schema_version, data, metadata } = row;
  return zlib.crc32([shard, stream, version, id, command_id, type, schema_version, data, metadata].join('\n'));
}

/** The seal XOR both halves of the position. It is part of the storage format. */
function checksumOf(row: Omit<EventRow, 'checksum'>): number {
  const { position } = row;
  return (sealOf(row) ^ position ^ Math.floor(position / 2 ** 32)) >>> 0;
}

function nameOf(row: EventRow): string {
  return `the event at position ${row.position} (stream ${row.stream}, version ${row.version})`;
}
