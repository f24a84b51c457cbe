/** A point in time on the wire and in events: RFC 3339, UTC, milliseconds. */
export type Timestamp = string;

/** Formats milliseconds since the Unix epoch as a {@link Timestamp}. */
export function toTimestamp(epochMs: number): Timestamp {
  return new Date(epochMs).toISOString();
}
