import type { StoredEvent } from '../domain/reservation/stored-event.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { InlineWrites } from './inline-writes.ts';

/** The version that a stream must have for an append: 'none' while it has no event, else the number of its events. */
export type ExpectedVersion = 'none' | number;

/** What is known about an event beside what it says. */
export interface EventMetadata {
  /** When the event was handed to the store. */
  readonly recordedAt: Timestamp;
  /** Ties together all that one request caused. */
  readonly correlationId: string;
  /** The command that caused the event. */
  readonly causationId: string;
  /** W3C trace context of the request, if it came with one. */
  readonly traceparent: string | null;
}

/** An event on its way into the store. */
export interface NewEvent extends StoredEvent {
  /** UUIDv7, made by the client. */
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** An event in the store. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** 1 for the first event of its stream, and so on without a gap. */
  readonly version: number;
  /** 1 for the first event of the store, and so on without a gap, in the order of commits. */
  readonly position: number;
  /** The append that wrote it. */
  readonly commandId: string;
}

/** The largest number of events in one append. */
export const EVENTS_PER_APPEND_MAX = 100;

/** The largest page of a read. */
export const READ_LIMIT_MAX = 1_000;

/**
 * One append: all of it is committed, durably and in one transaction, or none of it. A request outside of the bounds
 * named here is a bug of the caller: the append rejects, with any error, and writes nothing.
 */
export interface AppendRequest {
  readonly stream: string;
  /** A number is whole and 1 at least. */
  readonly expected: ExpectedVersion;
  /** At least one, at most {@link EVENTS_PER_APPEND_MAX}. */
  readonly events: readonly NewEvent[];
  /**
   * Names this append within its stream; another stream may have one of the same name. The same id again, with any
   * expected version and any events, writes nothing and returns the first result, also when events followed, so that a commit whose acknowledgement was lost can be retried.
   */
  readonly commandId: string;
  /** What is written in the same transaction. */
  readonly inlineWrites: InlineWrites;
}

/** A lost race is a result, not an exception. Nothing was written unless the kind is "appended". */
export type AppendResult =
  /** Version and position of the append's last event. */
  | { readonly kind: 'appended'; readonly version: number; readonly position: number }
  /** The stream is at `actual`; `missed` are its events behind the expected version, in order. */
  | { readonly kind: 'conflict'; readonly actual: ExpectedVersion; readonly missed: readonly RecordedEvent[] }
  /** The idempotency key belongs to this stream already. */
  | { readonly kind: 'key-taken'; readonly stream: string; readonly fingerprint: string }
  /** The payment's lease belongs to somebody else by now. */
  | { readonly kind: 'lease-lost' };

/**
 * An append-only log of events in streams, in one total order. Type, schema version and data of an event come back
 * exactly as they were given, any text and number included: a store does not know what events mean. What was given to a
 * store, or returned by it, may be changed by the caller without effect on what the store holds.
 *
 * An `after` that is not a whole number from 0, or a `limit` outside of its bounds, rejects with any error.
 *
 * Faults (a full disk, a lost connection) are thrown as ReservationError STORE_UNAVAILABLE; after one it is not known whether the
 * append was committed, and the same append may be sent again.
 */
export interface EventStore {
  /** Resolves once the commit is on disk. */
  append(request: AppendRequest): Promise<AppendResult>;
  /** The stream's events behind `after` (0: from the start), in order; at most `limit`, 1 to {@link READ_LIMIT_MAX}. */
  readStream(
    stream: string,
    range: { readonly after: number; readonly limit: number },
  ): Promise<readonly RecordedEvent[]>;
  /**
   * All events behind position `after` (0: from the start), in order; at most `limit`, 1 to {@link READ_LIMIT_MAX}.
   * Whoever continues from the last position read never misses an event that becomes visible late.
   */
  readAll(range: { readonly after: number; readonly limit: number }): Promise<readonly RecordedEvent[]>;
  /**
   * Calls the listener after each commit of appends through this store, before the appends resolve; perhaps also after
   * those of others, and perhaps for nothing. It is a hint that a read may find more, and may be missed: nobody may
   * depend on it. What a listener throws is ignored: neither the append nor the other listeners notice. A function that is
   * added twice is called twice, and is taken out one registration at a time; taking out the same registration again has
   * no effect. Returns what ends the calls.
   * @throws {ReservationError} STORE_CLOSED
   */
  onCommit(listener: () => void): () => void;
}
