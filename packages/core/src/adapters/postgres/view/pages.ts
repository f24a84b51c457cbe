import type { ListRequest, StageCount } from '../../../ports/reservation-view.ts';
import { BEFORE_EVERY_ID, LIST_COLUMNS, ONLY_SHARD, type ReservationRow } from '../../sql/columns.ts';
import type { Statement } from '../prepared.ts';

/** A page of the view with `limit` rows at most, in order. Each row is found by its key. */
export function reservationPage({ by, order, after, limit }: ListRequest): Statement<ReservationRow> {
  const column = by === null ? null : LIST_COLUMNS[by.field];
  return {
    text: LISTED,
    values: [ONLY_SHARD, column, by?.value ?? null, order, after ?? BEFORE_EVERY_ID[order], limit],
  };
}

/** The number of reservations in a stage, at most `max`. */
export function reservationsInStage({ stage, max }: StageCount): Statement<{ readonly count: number }> {
  return { text: COUNTED, values: [ONLY_SHARD, stage, max] };
}

const COUNTED = `select count(*)::integer as count
  from list_reservations($1::integer, 'stage', $2::text, 'asc', '', $3::bigint)`;

const LISTED = `select r.*
  from list_reservations($1::integer, $2::text, $3::text, $4::text, $5::text, $6::bigint) with ordinality as q(id, n)
  cross join lateral (
    select * from reservations r where r.shard = $1 and r.reservation_id = q.id limit 1
  ) r
  order by q.n`;
