/**
 * The one statement of a group of appends: a function, because it needs two snapshots and must cost one round trip. Writers
 * of a shard's log lock the shard's row first; each later statement of a volatile function sees what was committed before it
 * began (READ COMMITTED). A released function is replaced only by one that answers servers of older releases as before.
 *
 * Locking the row is a write, so that a call that appends nothing has a commit too: its result (a repeated command, a
 * conflict, a bound key) is on disk, and on a standby that commits wait for, before it is returned. A cancelled wait is
 * reported by a warning alone (see replication-wait.ts): the function makes sure that warnings are sent.
 *
 * The appends of a group concern different streams, keys and work items (see group-commit.ts). p_appends, p_events and
 * p_reservations are arrays of objects, in which `n` numbers the appends; p_leased_kinds and p_leased_ids name the work items
 * whose lease is required. Returns an array with an object for each append. An append with `releases_key` releases its key
 * if it is bound to the append's stream, and is never refused because of it.
 *
 * Plans are made once for each connection, perhaps while the tables are empty: every look-up is a subquery of its own that
 * no join can absorb, and finds one row by its key (decision 24).
 */
export const APPEND_GROUP = `create function append_group(
  p_shard integer, p_lock_timeout_ms integer, p_appends json, p_events json, p_reservations json,
  p_leased_kinds text[], p_leased_ids text[]
)
returns json
language plpgsql volatile
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
as $append_group$
declare
  v_locked integer;
  v_last bigint;
  v_outcomes json;
  v_removed_kinds text[];
  v_removed_ids text[];
  v_released json;
  v_release record;
  v_freed json;
  v_free record;
begin
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform set_config('client_min_messages', 'warning', true);
  perform set_config('lock_timeout', p_lock_timeout_ms::text, true);

  select l.shard into strict v_locked from log_locks l where l.shard = p_shard for update;
  v_last := coalesce((
    select e.position from events e
    where e.shard = p_shard and e.position > 0 order by e.position desc limit 1
  ), 0);

  if cardinality(p_leased_ids) > 0 then
    perform from unnest(p_leased_kinds, p_leased_ids) as a(kind, id)
    cross join lateral (
      select from due_work w where w.shard = p_shard and w.kind = a.kind and w.id = a.id limit 1 for update
    ) locked;
  end if;

  with asked as materialized (
    select * from json_to_recordset(p_appends) as a(
      n integer, stream text, expected bigint, command_id text, event_count integer,
      scope text, idempotency_key text, fingerprint text, releases_key boolean,
      work text, work_kind text, work_id text, owner text, opened_at bigint, due_at bigint, last_outcome text
    )
  ),
  judged as materialized (
    select a.*, s.last_version, s.earlier_version, s.earlier_position,
      k.stream as holder, k.fingerprint as holder_fingerprint,
      case
        when s.entries <> s.last_version then 'stream-broken'
        when s.earlier_version is not null then 'repeated'
        when s.entries <> a.expected then 'conflict'
        when k.stream is not null and a.releases_key is not true then 'key-taken'
        when a.work = 'remove-leased' and a.owner is distinct from w.owner then 'lease-lost'
        when a.work = 'enqueue' and w.id is not null then 'work-queued'
        else 'appended'
      end as fate
    from asked a
    cross join lateral (
      select count(*) as entries, coalesce(max(e.version), 0) as last_version,
        max(e.version) filter (where e.command_id = a.command_id) as earlier_version,
        max(e.position) filter (where e.command_id = a.command_id) as earlier_position
      from events e where e.shard = p_shard and e.stream = a.stream
    ) s
    left join lateral (
      select k.stream, k.fingerprint from idempotency_keys k
      where k.shard = p_shard and k.scope = a.scope and k.idempotency_key = a.idempotency_key limit 1
    ) k on true
    left join lateral (
      select w.id, w.owner from due_work w
      where w.shard = p_shard and w.kind = a.work_kind and w.id = a.work_id limit 1
    ) w on true
  ),
  placed as materialized (
    select j.*, (v_last + sum(case j.fate when 'appended' then j.event_count else 0 end) over (order by j.n))::bigint
      as last_position, j.fate = 'appended' as holds
    from judged j
  ),
  written as (
    insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum)
    select p_shard, p.stream, p.expected + e.ordinal, w.position, e.id, p.command_id,
      e.type, e.schema_version, e.data, e.metadata,
      e.seal # (w.position & 4294967295) # (w.position >> 32)
    from json_to_recordset(p_events) as e(
      n integer, ordinal integer, id text, type text, schema_version integer, data text, metadata text, seal bigint
    )
    join placed p on p.n = e.n and p.holds
    cross join lateral (select p.last_position - p.event_count + e.ordinal as position) w
  ),
  shown as (
    insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, summary)
    select p_shard, r.reservation_id, r.version, r.user_id, r.stage, r.transaction_id, r.summary
    from json_to_recordset(p_reservations) as r(
      n integer, reservation_id text, version integer, user_id text, stage text, transaction_id text, summary text
    )
    join placed p on p.n = r.n and p.holds
    on conflict (shard, reservation_id) do update set
      version = excluded.version, user_id = excluded.user_id, stage = excluded.stage,
      transaction_id = excluded.transaction_id, summary = excluded.summary
  ),
  claimed as (
    insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream)
    select p_shard, p.scope, p.idempotency_key, p.fingerprint, p.stream
    from placed p where p.holds and p.scope is not null and p.releases_key is not true
  ),
  queued as (
    insert into due_work (shard, kind, id, opened_at, attempts, due_at, owner, last_outcome)
    select p_shard, p.work_kind, p.work_id, p.opened_at, 0, p.due_at, p.owner, null
    from placed p where p.holds and p.work = 'enqueue'
  )
  select
    json_agg(json_build_object(
      'fate', p.fate,
      'version', case when p.holds then p.expected + p.event_count else coalesce(p.earlier_version, p.last_version) end,
      'position', case when p.holds then p.last_position else p.earlier_position end,
      'holder', p.holder,
      'fingerprint', p.holder_fingerprint,
      'missed', case p.fate when 'conflict' then (
        select coalesce(json_agg(row_to_json(e) order by e.version), '[]')
        from events e where e.shard = p_shard and e.stream = p.stream and e.version > p.expected
      ) end
    ) order by p.n),
    array_agg(p.work_kind) filter (where p.holds and p.work in ('remove', 'remove-leased')),
    array_agg(p.work_id) filter (where p.holds and p.work in ('remove', 'remove-leased')),
    json_agg(row_to_json(p)) filter (where p.holds and p.work = 'release'),
    json_agg(row_to_json(p)) filter (where p.holds and p.releases_key)
  into v_outcomes, v_removed_kinds, v_removed_ids, v_released, v_freed
  from placed p;

  for v_release in
    select * from json_to_recordset(v_released) as r(
      work_kind text, work_id text, owner text, due_at bigint, last_outcome text
    )
  loop
    update due_work set owner = null, due_at = v_release.due_at, last_outcome = v_release.last_outcome
    where shard = p_shard and kind = v_release.work_kind and id = v_release.work_id and owner = v_release.owner;
  end loop;
  for v_index in 1 .. coalesce(cardinality(v_removed_ids), 0) loop
    delete from due_work
    where shard = p_shard and kind = v_removed_kinds[v_index] and id = v_removed_ids[v_index];
  end loop;
  for v_free in
    select * from json_to_recordset(v_freed) as f(scope text, idempotency_key text, stream text)
  loop
    delete from idempotency_keys
    where shard = p_shard and scope = v_free.scope and idempotency_key = v_free.idempotency_key
      and stream = v_free.stream;
  end loop;

  return v_outcomes;
end
$append_group$`;
