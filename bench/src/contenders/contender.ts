import type { Profile } from '../report/results.ts';

/** Where a contender works. */
export interface Place {
  /** Path of a SQLite file that is not there yet, or URL of an empty PostgreSQL database; '' for a contender without. */
  readonly db: string;
  /** Empty folder for other files. */
  readonly folder: string;
  /** Port of the payment service on 127.0.0.1; 0 in suites without one. */
  readonly paymentPort: number;
}

/** An operation that is ready to be repeated. */
export interface Operation {
  /** Performs it once; resolves when it is durable, if it writes. */
  once(): Promise<unknown>;
  /** Calls at a time that it can take. Default: any number. */
  readonly concurrencyMax?: number;
  /** Further processes whose CPU time and memory belong to it. */
  readonly pids?: readonly number[];
  close(): Promise<void>;
}

/** Rows that an append writes: the event alone, or also the view's row, the queue's row and an idempotency key. */
export type Rows = 'events' | 'all';

/** A store filled with streams of two events each. */
export interface Reading {
  /** Loads any one of the streams. */
  load(): Promise<unknown>;
  /** Looks up any row of the view; null for a contender without one. */
  readonly find: (() => Promise<unknown>) | null;
  /** Reads the next page of the log, and begins again at its end; returns the number of events. Null without a log. */
  readonly page: (() => Promise<number>) | null;
  close(): Promise<void>;
}

/** How the reader of a log learns of commits. */
export type Reader = 'same-store' | 'other-store' | 'notified';

/** A log that is written and followed. */
export interface Following {
  /** Appends one event; resolves with its key when it is durable. */
  append(): Promise<string>;
  close(): Promise<void>;
}

/** What a server tells of the time since it was asked last. */
export interface ServerReport {
  /** Delay of its event loop, p99; null for a process without one. */
  readonly loopDelayMs: number | null;
  /** In a round that is profiled. */
  readonly profile?: Profile;
}

/** A process that answers HTTP. */
export interface Serving {
  readonly url: string;
  /** The process and what it started. */
  readonly pids: readonly number[];
  /** Connections that it can answer before clients give up. Default: any number. */
  readonly connectionsMax?: number;
  /** Asks it for a report. */
  report(): Promise<ServerReport>;
  stop(): Promise<void>;
}

/** A store that grows. */
export interface Growing {
  /** Appends reservations until the log has `events` events, or the time is up; returns the number of events. */
  fill(events: number, until: number): Promise<number>;
  /** Appends one event to a new stream. */
  append(): Promise<unknown>;
  /** What else is measured, by its name; each with what one call does. */
  readonly looks: Readonly<Record<string, () => Promise<unknown>>>;
  /** Verifies the whole store; returns the number of events that were checked. */
  verify(): Promise<number>;
  /** Size of the database on disk. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** A store in which reservations live from opening to verdict. */
export interface Living {
  /** Opens a reservation and records its verdict: two appends. */
  live(): Promise<unknown>;
  /** Opens reservations whose payments stay in the queue. */
  leaveOpen(count: number): Promise<unknown>;
  /** Leases some of the payments that are in the queue. */
  take(): Promise<unknown>;
  /** Brings the statistics of the database up to date, as its own housekeeping does after a minute. */
  analyze(): Promise<unknown>;
  close(): Promise<void>;
}

/** Something that is measured. It has a member for each suite that it takes part in. */
export interface Contender {
  /** True for a store without view, queue and keys. */
  readonly writesEventsOnly?: true;
  append?(place: Place, rows: Rows): Promise<Operation>;
  /** Fills the store with `streams` streams. */
  read?(place: Place, streams: number): Promise<Reading>;
  /** Ways of learning of commits that it has. Default: all. */
  readonly readers?: readonly Reader[];
  /** Follows the log from its end; `onEvent` gets the key of each event. */
  follow?(place: Place, reader: Reader, onEvent: (key: string) => void): Promise<Following>;
  /** One reservation: created, charged over gRPC, confirmed, each durable. */
  reserve?(place: Place): Promise<Operation>;
  /** Opens a store that is to grow. */
  grow?(place: Place): Promise<Growing>;
  /** Opens a store for whole lives of reservations. */
  live?(place: Place): Promise<Living>;
  /** Serves `POST /reservations`. */
  serve?(place: Place): Promise<Serving>;
}
