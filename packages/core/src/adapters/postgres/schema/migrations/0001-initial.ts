import type { Migration } from '../../../sql/migrations.ts';
import { APPEND_GROUP } from './0001-append-group.ts';

// Partial indexes, collations and the settings of the functions leave one plan for each look-up, whatever statistics say
// (docs/decisions/0024-no-look-up-depends-on-statistics.md). "C" compares byte by byte, as the other engines do.

const EVENTS: readonly string[] = [
  `create table events (
  shard integer not null,
  stream text collate "C" not null,
  version integer not null,
  position bigint not null,
  id text not null,
  command_id text not null,
  type text not null,
  schema_version integer not null,
  data text not null,
  metadata text not null,
  checksum bigint not null,
  primary key (shard, stream, version)
)`,
  'create unique index events_by_position on events (shard, position) where position > 0',
];

/**
 * The indexes of the view's lists have the ids in the collation "POSIX", which compares as "C" does and is another
 * collation to the planner: the primary key, whose order is the same, can neither find nor sort a list that asks for it.
 */
const RESERVATIONS: readonly string[] = [
  `create table reservations (
  shard integer not null,
  reservation_id text collate "C" not null,
  version integer not null,
  user_id text collate "C" not null,
  stage text not null,
  transaction_id text,
  caller text collate "C",
  reference text collate "C",
  summary text not null,
  primary key (shard, reservation_id)
)`,
  `create index reservations_by_user on reservations (shard, user_id, reservation_id collate "POSIX") where user_id <> ''`,
  `create index reservations_by_stage on reservations (shard, stage, reservation_id collate "POSIX") where stage <> ''`,
  `create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id collate "POSIX")
where transaction_id is not null`,
  `create index reservations_by_caller on reservations (shard, caller, reservation_id collate "POSIX")
where caller is not null`,
  `create index reservations_by_reference on reservations (shard, reference, reservation_id collate "POSIX")
where reference is not null`,
];

const DUE_WORK: readonly string[] = [
  `create table due_work (
  shard integer not null,
  kind text collate "C" not null,
  id text collate "C" not null,
  opened_at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  owner text,
  last_outcome text,
  primary key (shard, kind, id)
)`,
  'create index due_work_by_due_at on due_work (shard, kind, due_at, id) where due_at >= 0',
];

/**
 * log_locks has one row for each shard; a transaction that holds the row's lock writes the shard's log. The row itself is
 * never changed: a counter in it would leave a dead version behind with each commit, and while a long transaction (a dump,
 * say) keeps those from being cleared away, every append would wade through all of them under the lock.
 */
const OTHER_TABLES: readonly string[] = [
  `create table idempotency_keys (
  shard integer not null,
  scope text collate "C" not null,
  idempotency_key text collate "C" not null,
  fingerprint text not null,
  stream text collate "C" not null,
  primary key (shard, scope, idempotency_key)
)`,
  `create table subscriptions (
  shard integer not null,
  name text collate "C" not null,
  position bigint not null,
  owner text,
  lease_until bigint not null,
  stopped_at bigint,
  stopped_because text,
  primary key (shard, name)
)`,
  `create table api_keys (
  shard integer not null,
  prefix text collate "C" not null,
  hash text not null,
  name text not null,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  last_used_on text,
  primary key (shard, prefix)
)`,
  `create table store_moves (
  shard integer not null primary key,
  role text not null,
  move_id text not null,
  other text not null,
  began_at bigint not null,
  finished_at bigint
)`,
  `create table log_locks (
  shard integer not null primary key
)`,
  'insert into log_locks (shard) values (0)',
];

const LOG_PAGE = `create function log_page(p_shard integer, p_after bigint, p_limit bigint)
returns setof events
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
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
const TAKE_WORK = `create function take_work(
  p_shard integer, p_kind text, p_owner text, p_now bigint, p_lease_until bigint, p_limit bigint
)
returns setof due_work
language plpgsql volatile
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
as $take_work$
declare
  v_due due_work;
begin
  for v_due in
    select w.* from due_work w
    where w.shard = p_shard and w.kind = p_kind and w.due_at >= 0 and w.due_at <= p_now
    order by w.due_at, w.id limit p_limit
    for update skip locked
  loop
    update due_work w set owner = p_owner, due_at = p_lease_until, attempts = w.attempts + 1
    where w.shard = p_shard and w.kind = p_kind and w.id = v_due.id;
    return next v_due;
  end loop;
end
$take_work$`;

/** The columns that lists are read by, and the conditions of their indexes. */
const LISTS: readonly (readonly [column: string, condition: string])[] = [
  ['user_id', "r.user_id <> ''"],
  ['stage', "r.stage <> ''"],
  ['transaction_id', 'r.transaction_id is not null'],
  ['caller', 'r.caller is not null'],
  ['reference', 'r.reference is not null'],
];

/** Reads the index of a column forwards or backwards. */
function listBy([column, condition]: (typeof LISTS)[number], order: 'asc' | 'desc'): string {
  return `p_by = '${column}' and p_order = '${order}' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.${column} = p_value and ${condition}
        and r.reservation_id collate "POSIX" ${order === 'asc' ? '>' : '<'} p_after
      order by r.reservation_id collate "POSIX" ${order} limit p_limit;`;
}

/** The ids of a page of the view, in order: those with a value in a column, or all. */
const LIST_RESERVATIONS = `create function list_reservations(
  p_shard integer, p_by text, p_value text, p_order text, p_after text, p_limit bigint
)
returns setof text
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
as $list_reservations$
begin
  if ${LISTS.flatMap((list) => [listBy(list, 'asc'), listBy(list, 'desc')]).join('\n  elsif ')}
  elsif p_by is null and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.reservation_id > p_after
      order by r.reservation_id limit p_limit;
  elsif p_by is null and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.reservation_id < p_after
      order by r.reservation_id desc limit p_limit;
  else
    raise exception 'reservations cannot be listed by % in the order %', p_by, p_order;
  end if;
end
$list_reservations$`;

/** Log, view, due work, keys, subscriptions, API keys, moves. */
export const INITIAL: Migration = {
  version: 1,
  name: 'initial schema',
  statements: [
    ...EVENTS,
    ...RESERVATIONS,
    ...DUE_WORK,
    ...OTHER_TABLES,
    LOG_PAGE,
    TAKE_WORK,
    LIST_RESERVATIONS,
    APPEND_GROUP,
  ],
};
