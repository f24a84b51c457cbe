/**
 * The one statement of a group of appends: a function, because it needs two snapshots and must cost one round trip.
 * Everything that writes a shard's log first locks its counter row. Each statement of a volatile function sees what
 * was committed before that statement began (READ COMMITTED), so what is judged after the lock is judged on the
 * truth. Released functions are never changed: the next version gets another name beside this one.
 *
 * The appends of a group concern different streams and different keys (see group-commit.ts), so that none of them
 * has to see what another one of the group writes.
 */

/** Where the last position of each shard stands; its row is the lock of the shard's writers. */
const COUNTER_TABLE = `create table log_counters (
  shard integer not null primary key,
  last_position bigint not null
)`;

const COUNTER_ROW = 'insert into log_counters (shard, last_position) values (0, 0)';

/**
 * p_appends, p_events and p_reservations are arrays of objects; `n` numbers the appends of the group from 1 on.
 * p_leased holds the streams whose payment's lease is asked for. Returns a row for each append, in their order.
 *
 * The plans are made once for each connection, perhaps while the tables are still empty: without the settings they
 * would be made of sequential scans.
 */
const APPEND_FUNCTION = `create function append_group(
  p_shard integer, p_lock_timeout_ms integer, p_appends json, p_events json, p_reservations json, p_leased text[]
)
returns table (
  fate text, version bigint, "position" bigint, holder text, fingerprint text, missed json
)
language plpgsql volatile
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $append_group$
#variable_conflict use_column
declare
  v_last bigint;
begin
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform set_config('lock_timeout', p_lock_timeout_ms::text, true);

  select last_position into strict v_last from log_counters where shard = p_shard for update;

  if cardinality(p_leased) > 0 then
    perform from payment_queue where shard = p_shard and reservation_id = any (p_leased) for update;
  end if;

  return query
  with asked as materialized (
    select * from json_to_recordset(p_appends) as a(
      n integer, stream text, expected bigint, command_id text, event_count integer,
      scope text, idempotency_key text, fingerprint text,
      payment text, owner text, opened_at bigint, due_at bigint, last_outcome text
    )
  ),
  judged as materialized (
    select a.*, s.last_version, s.earlier_version, s.earlier_position,
      k.stream as holder, k.fingerprint as holder_fingerprint,
      case
        when s.entries <> s.last_version then 'stream-broken'
        when s.earlier_version is not null then 'repeated'
        when s.entries <> a.expected then 'conflict'
        when k.stream is not null then 'key-taken'
        when a.payment = 'remove-leased' and a.owner is distinct from q.owner then 'lease-lost'
        when a.payment = 'enqueue' and q.reservation_id is not null then 'payment-queued'
        else 'appended'
      end as fate
    from asked a
    cross join lateral (
      select count(*) as entries, coalesce(max(e.version), 0) as last_version,
        max(e.version) filter (where e.command_id = a.command_id) as earlier_version,
        max(e.position) filter (where e.command_id = a.command_id) as earlier_position
      from events e where e.shard = p_shard and e.stream = a.stream
    ) s
    left join idempotency_keys k on k.shard = p_shard and k.scope = a.scope and k.idempotency_key = a.idempotency_key
    left join payment_queue q on q.shard = p_shard and q.reservation_id = a.stream
  ),
  placed as materialized (
    select j.*, v_last + sum(j.event_count) over (order by j.n) as last_position
    from judged j where j.fate = 'appended'
  ),
  written as (
    insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum)
    select p_shard, p.stream, p.expected + e.ordinal, w.position, e.id, p.command_id,
      e.type, e.schema_version, e.data, e.metadata,
      e.seal # (w.position & 4294967295) # (w.position >> 32)
    from json_to_recordset(p_events) as e(
      n integer, ordinal integer, id text, type text, schema_version integer, data text, metadata text, seal bigint
    )
    join placed p on p.n = e.n
    cross join lateral (select (p.last_position - p.event_count + e.ordinal)::bigint as position) w
  ),
  shown as (
    insert into reservations (shard, reservation_id, status, stage, user_id, amount_minor, currency, decimals,
      transaction_id, failure_reason, answered_as, message, created_at, updated_at, version)
    select p_shard, r.reservation_id, r.status, r.stage, r.user_id, r.amount_minor, r.currency, r.decimals,
      r.transaction_id, r.failure_reason, r.answered_as, r.message, r.created_at, r.updated_at, r.version
    from json_to_recordset(p_reservations) as r(
      n integer, reservation_id text, status text, stage text, user_id text, amount_minor bigint, currency text,
      decimals integer, transaction_id text, failure_reason text, answered_as text, message text, created_at text,
      updated_at text, version integer
    )
    join placed p on p.n = r.n
    on conflict (shard, reservation_id) do update set
      status = excluded.status, stage = excluded.stage, user_id = excluded.user_id,
      amount_minor = excluded.amount_minor, currency = excluded.currency, decimals = excluded.decimals,
      transaction_id = excluded.transaction_id, failure_reason = excluded.failure_reason,
      answered_as = excluded.answered_as, message = excluded.message, created_at = excluded.created_at,
      updated_at = excluded.updated_at, version = excluded.version
  ),
  claimed as (
    insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream)
    select p_shard, p.scope, p.idempotency_key, p.fingerprint, p.stream from placed p where p.scope is not null
  ),
  queued as (
    insert into payment_queue (shard, reservation_id, opened_at, attempts, due_at, owner, last_outcome)
    select p_shard, p.stream, p.opened_at, 0, p.due_at, p.owner, null from placed p where p.payment = 'enqueue'
  ),
  released as (
    update payment_queue q set owner = null, due_at = p.due_at, last_outcome = p.last_outcome
    from placed p
    where p.payment = 'release' and q.shard = p_shard and q.reservation_id = p.stream and q.owner = p.owner
  ),
  removed as (
    delete from payment_queue q using placed p
    where p.payment in ('remove', 'remove-leased') and q.shard = p_shard and q.reservation_id = p.stream
  ),
  counted as (
    update log_counters c set last_position = l.last_position
    from (select max(p.last_position)::bigint as last_position from placed p) l
    where c.shard = p_shard and l.last_position is not null
  )
  select
    case j.fate when 'repeated' then 'appended' else j.fate end,
    (case j.fate when 'appended' then j.expected + j.event_count when 'repeated' then j.earlier_version
      else j.last_version end)::bigint,
    (case j.fate when 'appended' then p.last_position else j.earlier_position end)::bigint,
    j.holder,
    j.holder_fingerprint,
    case j.fate when 'conflict' then (
      select coalesce(json_agg(row_to_json(e) order by e.version), '[]')
      from events e where e.shard = p_shard and e.stream = j.stream and e.version > j.expected
    ) end
  from judged j left join placed p on p.n = j.n
  order by j.n;
end
$append_group$`;

/** What the first version of the schema has on PostgreSQL only. */
export const APPEND_SCHEMA: readonly string[] = [COUNTER_TABLE, COUNTER_ROW, APPEND_FUNCTION];
