/**
 * The one statement of a group of appends: a function, because it needs two snapshots and must cost one round trip. Writers
 * of a shard's log lock the shard's row first; each later statement of a volatile function sees what was committed before it
 * began (READ COMMITTED). A released function is replaced only by one that answers servers of older releases as before.
 *
 * Locking the row is a write, so that a call that appends nothing has a commit too: its result (a repeated command, a
 * conflict, a bound key) is on disk, and on a standby that commits wait for, before it is returned. A cancelled wait is
 * reported by a warning alone (see replication-wait.ts): the function makes sure that warnings are sent.
 *
 * The appends of a group concern different streams, keys and work items (see group-commit.ts). Two arrays of rows instead of
 * one for each column, because each parameter costs time in every call (decision 44):
 *
 * p_appends, a row for each append: 1 stream, 2 expected version, 3 command id; 4 scope, 5 idempotency key, 6 fingerprint,
 * null for a key that is released if it is bound to the stream; 7 change of the work, 8 its kind, 9 id, 10 owner, 11 opened
 * at, 12 due at, 13 last outcome; 14 reservation id, 15 version, 16 user id, 17 stage, 18 transaction id, 19 caller,
 * 20 reference, 21 summary.
 *
 * p_events, a row for each event in the order of the appends: 1 number of its append from 1, 2 version, 3 id, 4 type,
 * 5 schema version, 6 data, 7 metadata, 8 seal.
 *
 * p_leased tells that the lease of a work item is required. One statement looks for appends about which there is any doubt;
 * most groups have none. Only those are judged by another, which returns what is known of each that is refused. The result
 * is the last position before the group and an object for each append that was not written. The events of the others have
 * the positions that follow.
 *
 * Plans are made once for each connection, perhaps while the tables are empty: every look-up is a subquery of its own that
 * no join can absorb, and finds one row by its key (decision 24).
 */
export const APPEND_GROUP = `create function append_group(
  p_shard integer, p_lock_timeout_ms integer, p_leased boolean, p_appends text[], p_events text[]
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
  v_appends integer := coalesce(array_length(p_appends, 1), 0);
  v_events integer := coalesce(array_length(p_events, 1), 0);
  v_set text;
  v_locked integer;
  v_last bigint;
  v_doubted integer[];
  v_refusals json;
  v_refused integer[];
  v_positions bigint[];
begin
  if current_setting('synchronous_commit') = 'off' then
    v_set := set_config('synchronous_commit', 'on', true);
  end if;
  v_set := set_config('client_min_messages', 'warning', true);
  v_set := set_config('lock_timeout', p_lock_timeout_ms::text, true);

  select l.shard into strict v_locked from log_locks l where l.shard = p_shard for update;

  if p_leased then
    perform from generate_series(1, v_appends) as n
    cross join lateral (
      select from due_work w
      where w.shard = p_shard and w.kind = p_appends[n][8] and w.id = p_appends[n][9] limit 1 for update
    ) locked
    where p_appends[n][7] = 'remove-leased';
  end if;

  select
    coalesce((
      select e.position from events e
      where e.shard = p_shard and e.position > 0 order by e.position desc limit 1
    ), 0),
    array_agg(n)
  into v_last, v_doubted
  from generate_series(1, v_appends) as n
  cross join lateral (
    select p_appends[n][1] as stream, p_appends[n][2]::bigint as expected, p_appends[n][3] as command_id,
      p_appends[n][4] as scope, p_appends[n][5] as idempotency_key, p_appends[n][6] as fingerprint,
      p_appends[n][7] as work, p_appends[n][8] as work_kind, p_appends[n][9] as work_id, p_appends[n][10] as owner
  ) a
  where case a.expected
      when 0 then (select true from events e where e.shard = p_shard and e.stream = a.stream limit 1)
      else (
        select count(*) <> a.expected or coalesce(max(e.version), 0) <> a.expected
          or coalesce(bool_or(e.command_id = a.command_id), false)
        from events e where e.shard = p_shard and e.stream = a.stream
      )
    end
    or a.fingerprint is not null and (
      select true from idempotency_keys k
      where k.shard = p_shard and k.scope = a.scope and k.idempotency_key = a.idempotency_key limit 1
    )
    or a.work = 'remove-leased' and (
      select w.owner from due_work w
      where w.shard = p_shard and w.kind = a.work_kind and w.id = a.work_id limit 1
    ) is distinct from a.owner
    or a.work = 'enqueue' and (
      select true from due_work w
      where w.shard = p_shard and w.kind = a.work_kind and w.id = a.work_id limit 1
    );

  if v_doubted is not null then
    select
      json_agg(json_build_object(
        'n', j.n,
        'fate', j.fate,
        'version', coalesce(j.earlier_version, j.last_version),
        'position', j.earlier_position,
        'holder', j.holder,
        'fingerprint', j.holder_fingerprint,
        'missed', case j.fate when 'conflict' then (
          select coalesce(json_agg(row_to_json(e) order by e.version), '[]')
          from events e where e.shard = p_shard and e.stream = j.stream and e.version > j.expected
        ) end
      )),
      array_agg(j.n)
    into v_refusals, v_refused
    from (
      select a.*, s.last_version, s.earlier_version, s.earlier_position,
        k.stream as holder, k.fingerprint as holder_fingerprint,
        case
          when s.entries <> s.last_version then 'stream-broken'
          when s.earlier_version is not null then 'repeated'
          when s.entries <> a.expected then 'conflict'
          when k.stream is not null and a.fingerprint is not null then 'key-taken'
          when a.work = 'remove-leased' and a.owner is distinct from w.owner then 'lease-lost'
          when a.work = 'enqueue' and w.id is not null then 'work-queued'
        end as fate
      from unnest(v_doubted) as d(n)
      cross join lateral (
        select d.n, p_appends[d.n][1] as stream, p_appends[d.n][2]::bigint as expected, p_appends[d.n][3] as command_id,
          p_appends[d.n][4] as scope, p_appends[d.n][5] as idempotency_key, p_appends[d.n][6] as fingerprint,
          p_appends[d.n][7] as work, p_appends[d.n][8] as work_kind, p_appends[d.n][9] as work_id,
          p_appends[d.n][10] as owner
      ) a
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
    ) j
    where j.fate is not null;
    if v_refused is not null then
      v_positions := array(
        select v_last + count(*) filter (where p_events[i][1]::integer <> all(v_refused)) over (order by i)
        from generate_series(1, v_events) as i order by i
      );
    end if;
  end if;

  insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum)
  select p_shard, p_appends[e.n][1], p_events[i][2]::integer, e.position, p_events[i][3], p_appends[e.n][3],
    p_events[i][4], p_events[i][5]::integer, p_events[i][6], p_events[i][7],
    p_events[i][8]::bigint # (e.position & 4294967295) # (e.position >> 32)
  from generate_series(1, v_events) as i
  cross join lateral (
    select p_events[i][1]::integer as n, coalesce(v_positions[i], v_last + i) as position
  ) e
  where v_refused is null or e.n <> all(v_refused);

  insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, caller, reference, summary)
  select p_shard, p_appends[n][14], p_appends[n][15]::integer, p_appends[n][16], p_appends[n][17], p_appends[n][18],
    p_appends[n][19], p_appends[n][20], p_appends[n][21]
  from generate_series(1, v_appends) as n
  where p_appends[n][14] is not null and (v_refused is null or n <> all(v_refused))
  on conflict (shard, reservation_id) do update set
    version = excluded.version, user_id = excluded.user_id, stage = excluded.stage,
    transaction_id = excluded.transaction_id, caller = excluded.caller, reference = excluded.reference,
    summary = excluded.summary;

  insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream)
  select p_shard, p_appends[n][4], p_appends[n][5], p_appends[n][6], p_appends[n][1]
  from generate_series(1, v_appends) as n
  where p_appends[n][6] is not null and (v_refused is null or n <> all(v_refused));

  insert into due_work (shard, kind, id, opened_at, attempts, due_at, owner, last_outcome)
  select p_shard, p_appends[n][8], p_appends[n][9], p_appends[n][11]::bigint, 0, p_appends[n][12]::bigint,
    p_appends[n][10], null
  from generate_series(1, v_appends) as n
  where p_appends[n][7] = 'enqueue' and (v_refused is null or n <> all(v_refused));

  for v_n in 1 .. v_appends loop
    continue when v_n = any(v_refused);
    if p_appends[v_n][7] in ('remove', 'remove-leased') then
      delete from due_work
      where shard = p_shard and kind = p_appends[v_n][8] and id = p_appends[v_n][9];
    elsif p_appends[v_n][7] = 'release' then
      update due_work set owner = null, due_at = p_appends[v_n][12]::bigint, last_outcome = p_appends[v_n][13]
      where shard = p_shard and kind = p_appends[v_n][8] and id = p_appends[v_n][9] and owner = p_appends[v_n][10];
    end if;
    if p_appends[v_n][4] is not null and p_appends[v_n][6] is null then
      delete from idempotency_keys
      where shard = p_shard and scope = p_appends[v_n][4] and idempotency_key = p_appends[v_n][5]
        and stream = p_appends[v_n][1];
    end if;
  end loop;

  return json_build_object('last', v_last, 'refused', v_refusals);
end
$append_group$`;
