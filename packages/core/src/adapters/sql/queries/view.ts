import { ONLY_SHARD, type ReservationRow, RESERVATIONS } from '../columns.ts';
import { type Builder, columnsOf, type Query } from '../prepared-query.ts';

/** Queries of the view. Lists are engine-specific: a named index, or a function. */
interface ViewQueries {
  readonly find: Query<{ readonly id: string }, ReservationRow>;
  /** Writes the row, replacing an existing one. */
  readonly put: Query<ReservationRow>;
  readonly remove: Query<{ readonly id: string }>;
  /** Ids behind `after`, in order. */
  readonly ids: Query<{ readonly after: string; readonly limit: number }, Pick<ReservationRow, 'reservation_id'>>;
}

/** Builds them. */
export function viewQueries(sql: Builder): ViewQueries {
  return {
    find: ({ id }) =>
      sql.selectFrom('reservations').selectAll().where('shard', '=', ONLY_SHARD).where('reservation_id', '=', id),
    put: (row) =>
      sql
        .insertInto('reservations')
        .values(columnsOf(RESERVATIONS, row))
        .onConflict((conflict) =>
          conflict
            .columns(['shard', 'reservation_id'])
            .doUpdateSet(columnsOf(RESERVATIONS, row, ['shard', 'reservation_id'])),
        ),
    remove: ({ id }) => sql.deleteFrom('reservations').where('shard', '=', ONLY_SHARD).where('reservation_id', '=', id),
    ids: ({ after, limit }) =>
      sql
        .selectFrom('reservations')
        .select('reservation_id')
        .where('shard', '=', ONLY_SHARD)
        .where('reservation_id', '>', after)
        .orderBy('reservation_id')
        .limit(limit),
  };
}
