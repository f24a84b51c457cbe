import type { EventRow } from '../columns.ts';
import { EVENTS, ONLY_SHARD } from '../columns.ts';
import { type Builder, columnsOf, type Query } from '../prepared-query.ts';

/** What an append reads of each existing event. */
export type StreamEntry = Pick<EventRow, 'version' | 'position' | 'command_id'>;

/** Events of a stream behind a version, in order. */
export interface StreamPage {
  readonly stream: string;
  readonly after: number;
  readonly limit: number;
}

/** Queries of the log. The order by position is engine-specific: a named index, or a function. */
interface LogQueries {
  readonly entries: Query<Pick<StreamPage, 'stream'>, StreamEntry>;
  readonly insert: Query<EventRow>;
  readonly lastVersion: Query<Pick<StreamPage, 'stream'>, Pick<EventRow, 'version'>>;
  readonly streamPage: Query<StreamPage, EventRow>;
  /** Without a limit. */
  readonly behind: Query<Omit<StreamPage, 'limit'>, EventRow>;
}

/** Builds them. */
export function logQueries(sql: Builder): LogQueries {
  const ofStream = (stream: string) =>
    sql.selectFrom('events').where('shard', '=', ONLY_SHARD).where('stream', '=', stream).orderBy('version');
  return {
    entries: ({ stream }) => ofStream(stream).select(['version', 'position', 'command_id']),
    insert: (row) => sql.insertInto('events').values(columnsOf(EVENTS, row)),
    lastVersion: ({ stream }) =>
      sql
        .selectFrom('events')
        .select('version')
        .where('shard', '=', ONLY_SHARD)
        .where('stream', '=', stream)
        .orderBy('version', 'desc')
        .limit(1),
    streamPage: ({ stream, after, limit }) => ofStream(stream).selectAll().where('version', '>', after).limit(limit),
    behind: ({ stream, after }) => ofStream(stream).selectAll().where('version', '>', after),
  };
}
