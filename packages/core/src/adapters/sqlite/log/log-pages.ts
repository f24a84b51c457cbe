import type Database from 'better-sqlite3';
import { type Compilable, sql as raw } from 'kysely';
import { type EventRow, ONLY_SHARD } from '../../sql/columns.ts';
import { prepare, written } from '../prepared.ts';
import type { Prepared } from '../statements.ts';

interface Range {
  readonly after: number;
  readonly limit: number;
}

/**
 * A page of the log, in order. Of two lower bounds SQLite seeks to the first one written and compares each row with the
 * other: `position > 0`, which is there for the partial index, has to be the second, or all events before the page are read.
 */
export function prepareLogPage(database: Database.Database): Prepared<Range, EventRow> {
  return prepare(database, ({ after, limit }: Range) =>
    written(raw<EventRow>`select * from events indexed by events_by_position
      where shard = ${ONLY_SHARD} and position > ${after} and position > 0 order by position limit ${limit}`),
  );
}

/** The last position: one row, or none for an empty log. */
export function prepareLastPosition(database: Database.Database): Prepared<object, Pick<EventRow, 'position'>> {
  return prepare(database, lastPosition);
}

/** The query of {@link prepareLastPosition}. */
export function lastPosition(): Compilable<Pick<EventRow, 'position'>> {
  return written(raw<Pick<EventRow, 'position'>>`select position from events indexed by events_by_position
    where shard = ${ONLY_SHARD} and position > 0 order by position desc limit 1`);
}
