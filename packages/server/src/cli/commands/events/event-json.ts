import type { RecordedEvent } from '@reservations/core';

/** Returns an event as it is stored, in the names of the HTTP API. */
export function eventToJson({ version, position, id, type, schemaVersion, data, metadata }: RecordedEvent): object {
  return {
    version,
    position,
    id,
    type,
    schema_version: schemaVersion,
    data,
    recorded_at: metadata.recordedAt,
    correlation_id: metadata.correlationId,
    causation_id: metadata.causationId,
    traceparent: metadata.traceparent,
  };
}
