import { type EventsTable, ONLY_SHARD, type PaymentQueueTable, type ReservationsTable } from '../../sql/tables.ts';
import type { ReservationFilter } from '../../../ports/reservation-view.ts';
import { REPLACE_APPEND_FUNCTION } from './append-function.ts';
import type { Statement } from '../prepared.ts';

/**
 * Functions for the look-ups that go through an index in its order. Partial indexes keep a look-up from the wrong index
 * (see ../sql/pinned-indexes.ts); they do not keep the planner from reading a whole shard by its primary key and sorting
 * it. The settings of a function do: of the plans that are left, one is without a sort. They end with the call, so that
 * nothing stays behind in the session.
 */
const SETTINGS = `set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off`;

const LOG_PAGE = `create function log_page(p_shard integer, p_after bigint, p_limit bigint)
returns setof events
language plpgsql stable
${SETTINGS}
as $log_page$
begin
  return query
    select e.* from events e
    where e.shard = p_shard and e.position > 0 and e.position > p_after
    order by e.position limit p_limit;
end
$log_page$`;

/**
 * Returns the rows as they were before the lease, the longest due first. Rows that another transaction has locked are
 * passed over. Each row is leased by its key: in a join the planner could walk the queue once more.
 */
const TAKE_PAYMENTS = `create function take_payments(
  p_shard integer, p_owner text, p_now bigint, p_lease_until bigint, p_limit bigint
)
returns setof payment_queue
language plpgsql volatile
${SETTINGS}
as $take_payments$
declare
  v_due payment_queue;
begin
  for v_due in
    select q.* from payment_queue q
    where q.shard = p_shard and q.due_at >= 0 and q.due_at <= p_now
    order by q.due_at, q.reservation_id limit p_limit
    for update skip locked
  loop
    update payment_queue q set owner = p_owner, due_at = p_lease_until, attempts = q.attempts + 1
    where q.shard = p_shard and q.reservation_id = v_due.reservation_id;
    return next v_due;
  end loop;
end
$take_payments$`;

/**
 * The indexes of the view's lists. "POSIX" compares as "C" does, and is another collation to the planner: the primary
 * key, whose order is the same, can neither find nor sort a list that asks for this one.
 */
const LIST_INDEXES = [
  'drop index reservations_by_user',
  `create index reservations_by_user on reservations (shard, user_id, reservation_id collate "POSIX") where user_id <> ''`,
  'drop index reservations_by_stage',
  `create index reservations_by_stage on reservations (shard, stage, reservation_id collate "POSIX") where stage <> ''`,
  'drop index reservations_by_transaction',
  `create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id collate "POSIX")
where transaction_id is not null`,
];

/**
 * The ids of a page of the view, in order: of a transaction, of a user, of a user in a stage, in a stage, or all. It returns
 * no rows of the table: a rebuild could not replace a table that a function has the type of.
 */
const LIST_RESERVATIONS = `create function list_reservations(
  p_shard integer, p_user_id text, p_stage text, p_transaction_id text, p_after text, p_limit bigint
)
returns setof text
language plpgsql stable
${SETTINGS}
as $list_reservations$
begin
  if p_transaction_id is not null then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.transaction_id = p_transaction_id and r.transaction_id is not null
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" limit p_limit;
  elsif p_user_id is not null then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.user_id = p_user_id and r.user_id <> '' and (p_stage is null or r.stage = p_stage)
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" limit p_limit;
  elsif p_stage is not null then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.stage = p_stage and r.stage <> '' and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" limit p_limit;
  else
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.reservation_id > p_after
      order by r.reservation_id limit p_limit;
  end if;
end
$list_reservations$`;

/** What the step of pinned plans has on PostgreSQL only. */
export const PINNED_SCHEMA: readonly string[] = [
  ...LIST_INDEXES,
  LOG_PAGE,
  TAKE_PAYMENTS,
  LIST_RESERVATIONS,
  REPLACE_APPEND_FUNCTION,
];

/** A page of the log, in order. */
export function logPage({ after, limit }: { readonly after: number; readonly limit: number }): Statement<EventsTable> {
  return { text: 'select * from log_page($1::integer, $2::bigint, $3::bigint)', values: [ONLY_SHARD, after, limit] };
}

/** Leases due payments; the rows as they were before, in the order in which they were due. */
export function takePayments(request: {
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}): Statement<PaymentQueueTable> {
  const { owner, now, leaseUntil, limit } = request;
  return {
    text: 'select * from take_payments($1::integer, $2::text, $3::bigint, $4::bigint, $5::bigint)',
    values: [ONLY_SHARD, owner, now, leaseUntil, limit],
  };
}

/** A page of the view with `limit` rows at most, in order. Each row is found by its key. */
export function reservationPage({ userId, stage, after, limit }: ReservationFilter): Statement<ReservationsTable> {
  return { text: LISTED, values: [ONLY_SHARD, userId, stage, null, after ?? '', limit] };
}

/** The first reservations of a transaction, in order. */
export function reservationsOfTransaction(transactionId: string, limit: number): Statement<ReservationsTable> {
  return { text: LISTED, values: [ONLY_SHARD, null, null, transactionId, '', limit] };
}

const LISTED = `select r.*
  from list_reservations($1::integer, $2::text, $3::text, $4::text, $5::text, $6::bigint) with ordinality as q(id, n)
  cross join lateral (
    select * from reservations r where r.shard = $1 and r.reservation_id = q.id limit 1
  ) r
  order by q.n`;
