-- A database of schema version 1 as its release wrote it. Never changed: every later release must upgrade and read it.
create table if not exists schema_migrations (version integer not null primary key, name text not null);
create table events (
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
);
create unique index events_by_position on events (shard, position) where position > 0;
create table reservations (
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
);
create index reservations_by_user on reservations (shard, user_id, reservation_id collate "POSIX") where user_id <> '';
create index reservations_by_stage on reservations (shard, stage, reservation_id collate "POSIX") where stage <> '';
create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id collate "POSIX")
where transaction_id is not null;
create index reservations_by_caller on reservations (shard, caller, reservation_id collate "POSIX")
where caller is not null;
create index reservations_by_reference on reservations (shard, reference, reservation_id collate "POSIX")
where reference is not null;
create table due_work (
  shard integer not null,
  kind text collate "C" not null,
  id text collate "C" not null,
  opened_at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  owner text,
  last_outcome text,
  primary key (shard, kind, id)
);
create index due_work_by_due_at on due_work (shard, kind, due_at, id) where due_at >= 0;
create table idempotency_keys (
  shard integer not null,
  scope text collate "C" not null,
  idempotency_key text collate "C" not null,
  fingerprint text not null,
  stream text collate "C" not null,
  primary key (shard, scope, idempotency_key)
);
create table subscriptions (
  shard integer not null,
  name text collate "C" not null,
  position bigint not null,
  owner text,
  lease_until bigint not null,
  stopped_at bigint,
  stopped_because text,
  primary key (shard, name)
);
create table api_keys (
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
);
create table store_moves (
  shard integer not null primary key,
  role text not null,
  move_id text not null,
  other text not null,
  began_at bigint not null,
  finished_at bigint
);
create table log_locks (
  shard integer not null primary key
);
insert into log_locks (shard) values (0);
create function log_page(p_shard integer, p_after bigint, p_limit bigint)
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
$log_page$;
create function take_work(
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
$take_work$;
create function list_reservations(
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
  if p_by = 'user_id' and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.user_id = p_value and r.user_id <> ''
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" asc limit p_limit;
  elsif p_by = 'user_id' and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.user_id = p_value and r.user_id <> ''
        and r.reservation_id collate "POSIX" < p_after
      order by r.reservation_id collate "POSIX" desc limit p_limit;
  elsif p_by = 'stage' and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.stage = p_value and r.stage <> ''
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" asc limit p_limit;
  elsif p_by = 'stage' and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.stage = p_value and r.stage <> ''
        and r.reservation_id collate "POSIX" < p_after
      order by r.reservation_id collate "POSIX" desc limit p_limit;
  elsif p_by = 'transaction_id' and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.transaction_id = p_value and r.transaction_id is not null
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" asc limit p_limit;
  elsif p_by = 'transaction_id' and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.transaction_id = p_value and r.transaction_id is not null
        and r.reservation_id collate "POSIX" < p_after
      order by r.reservation_id collate "POSIX" desc limit p_limit;
  elsif p_by = 'caller' and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.caller = p_value and r.caller is not null
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" asc limit p_limit;
  elsif p_by = 'caller' and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.caller = p_value and r.caller is not null
        and r.reservation_id collate "POSIX" < p_after
      order by r.reservation_id collate "POSIX" desc limit p_limit;
  elsif p_by = 'reference' and p_order = 'asc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.reference = p_value and r.reference is not null
        and r.reservation_id collate "POSIX" > p_after
      order by r.reservation_id collate "POSIX" asc limit p_limit;
  elsif p_by = 'reference' and p_order = 'desc' then
    return query
      select r.reservation_id from reservations r
      where r.shard = p_shard and r.reference = p_value and r.reference is not null
        and r.reservation_id collate "POSIX" < p_after
      order by r.reservation_id collate "POSIX" desc limit p_limit;
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
$list_reservations$;
create function append_group(
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
$append_group$;
insert into schema_migrations (version, name) values (1, 'initial schema');
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 1, 1, '019b0000-0000-7000-8000-000000000001', 'append-of-019b0000-0000-7000-8000-000000000001', 'RESERVATION_CREATED', 1, '{"userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-1","causationId":"command-1","traceparent":null,"caller":"anonymous"}', 707343958);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 2, 3, '019b0000-0000-7000-8000-000000000003', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_3","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-3","causationId":"command-3","traceparent":null,"caller":"anonymous"}', 2371882507);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 4, '019b0000-0000-7000-8000-000000000004', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_4","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-4","causationId":"command-4","traceparent":null,"caller":"anonymous"}', 3100265231);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 2, '019b0000-0000-7000-8000-000000000002', 'append-of-019b0000-0000-7000-8000-000000000002', 'RESERVATION_CREATED', 1, '{"text":"Grüße 🎫\n\u0000","number":0.1,"nested":[{"a":null}]}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-2","causationId":"command-2","traceparent":null,"caller":"anonymous"}', 377749656);
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, caller, reference, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 'user_1', 'unresolved', null, null, null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000001","status":"RESERVATION_CREATED","stage":"unresolved","userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":"pending","message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":3}');
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, caller, reference, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 'user_2', 'processing', null, null, null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000002","status":"RESERVATION_CREATED","stage":"processing","userId":"user_2","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":null,"message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":1}');
insert into due_work (shard, kind, id, opened_at, attempts, due_at, owner, last_outcome) values (0, 'charge', 'RES-019b0000-0000-7000-8000-000000000001', 1000, 0, 5000, null, 'unknown');
insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream) values (0, 'caller', 'key', 'body', 'RES-019b0000-0000-7000-8000-000000000001');
