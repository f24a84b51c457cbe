import Database from 'better-sqlite3';
import type { Rows } from './contender.ts';
import { newId, type OpeningRows } from './raw-rows.ts';
import { SQLITE_TABLES } from './raw-tables.ts';

/** A file with durable commits and the tables, and inserts into it. */
export interface RawSqlite {
  readonly database: Database.Database;
  /** Inserts the rows of one append. @throws {Error} for a stream or key that is there already. */
  insert(values: OpeningRows, rows: Rows): void;
  /** Inserts the second event of a stream. */
  insertVerdict(values: OpeningRows, transactionId: string): void;
}

/** Opens the file, with WAL and synchronous=FULL. */
export function openRawSqlite(path: string): RawSqlite {
  const database = new Database(path);
  database.pragma('journal_mode = wal');
  database.pragma('synchronous = full');
  const isNew = database.prepare("select 1 from sqlite_schema where name = 'events'").get() === undefined;
  if (isNew) database.exec(SQLITE_TABLES);
  const event = database.prepare("insert into events values (0, ?, 1, ?, ?, ?, 'RESERVATION_CREATED', 1, ?, ?, ?)");
  const verdict = database.prepare("insert into events values (0, ?, 2, ?, ?, ?, 'RESERVATION_CONFIRMED', 1, ?, ?, ?)");
  const reservation = database.prepare("insert into reservations values (0, ?, 1, 'user_1', 'processing', null, ?)");
  const work = database.prepare("insert into due_work values (0, 'charge', ?, ?, 0, ?, ?, null)");
  const key = database.prepare("insert into idempotency_keys values (0, 'bench', ?, 'body', ?)");
  let position = Number(database.prepare('select coalesce(max(position), 0) from events').pluck().get());
  return {
    database,
    insert({ id, eventId, commandId, data, metadata, checksum, summary, openedAt, leaseUntil, owner, ...rest }, rows) {
      position += 1;
      event.run(id, position, eventId, commandId, data, metadata, checksum);
      if (rows === 'events') return;
      reservation.run(id, summary);
      work.run(id, openedAt, leaseUntil, owner);
      key.run(rest.key, id);
    },
    insertVerdict({ id, commandId, metadata, checksum }, transactionId) {
      position += 1;
      verdict.run(id, position, newId(), commandId, JSON.stringify({ transactionId }), metadata, checksum);
    },
  };
}
