import type { Rows } from './contender.ts';
import { type OpeningRows, openingRows } from './raw-rows.ts';

/** The values of a group of appends, a list for each column. */
export function groupParameters(group: readonly OpeningRows[]): readonly unknown[] {
  return COLUMNS.map((name) => group.map((values) => values[name]));
}

const COLUMNS: readonly (keyof OpeningRows)[] = [
  'id',
  'eventId',
  'commandId',
  'data',
  'metadata',
  'checksum',
  'summary',
  'openedAt',
  'leaseUntil',
  'owner',
  'key',
];

/**
 * Inserts a group of appends in one statement, whose parameters are those of {@link groupParameters}. Positions follow
 * the highest one; the key of a stream or of a position refuses what another writer was faster with.
 */
export function insertGroup(rows: Rows): string {
  const inlineWrites = `, reservation as (
    insert into reservations select 0, id, 1, 'user_1', 'processing', null, summary from opened
  ), work as (
    insert into due_work select 0, 'charge', id, opened_at, 0, lease_until, owner, null from opened
  ), key as (
    insert into idempotency_keys select 0, 'bench', key, 'body', id from opened
  )`;
  return `with opened as materialized (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
      $8::bigint[], $9::bigint[], $10::text[], $11::text[]) with ordinality
      as o(id, event_id, command_id, data, metadata, checksum, summary, opened_at, lease_until, owner, key, number)
  ), log_end as materialized (
    select coalesce((select position from events where shard = 0 order by position desc limit 1), 0) as position
  )${rows === 'all' ? inlineWrites : ''}
  insert into events
    select 0, o.id, 1, log_end.position + o.number, o.event_id, o.command_id, 'RESERVATION_CREATED', 1, o.data,
      o.metadata, o.checksum
    from opened o, log_end`;
}

/** Fills the tables with streams of two events; returns the ids and the statements with their parameters. */
export function fillStatements(streams: number): {
  readonly ids: readonly string[];
  readonly statements: readonly (readonly [string, readonly unknown[]])[];
} {
  const all = Array.from({ length: streams }, openingRows);
  const second = `insert into events select shard, stream, 2, position + $1, id, command_id, 'RESERVATION_CONFIRMED', 1,
    data, metadata, checksum from events`;
  return {
    ids: all.map(({ id }) => id),
    statements: [
      [insertGroup('all'), groupParameters(all)],
      [second, [streams]],
    ],
  };
}
