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
  summary text not null,
  primary key (shard, reservation_id)
);
create index reservations_by_user on reservations (shard, user_id, reservation_id collate "POSIX") where user_id <> '';
create index reservations_by_stage on reservations (shard, stage, reservation_id collate "POSIX") where stage <> '';
create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id collate "POSIX")
where transaction_id is not null;
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
  p_shard integer, p_user_id text, p_stage text, p_transaction_id text, p_after text, p_limit bigint
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
$list_reservations$;
create function append_group(
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
$append_group$;
insert into schema_migrations (version, name) values (1, 'initial schema');
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 1, 1, '019b0000-0000-7000-8000-000000000001', 'append-of-019b0000-0000-7000-8000-000000000001', 'RESERVATION_CREATED', 1, '{"userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-1","causationId":"command-1","traceparent":null,"caller":"anonymous"}', 707343958);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 2, 3, '019b0000-0000-7000-8000-000000000003', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_3","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-3","causationId":"command-3","traceparent":null,"caller":"anonymous"}', 2371882507);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 4, '019b0000-0000-7000-8000-000000000004', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_4","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-4","causationId":"command-4","traceparent":null,"caller":"anonymous"}', 3100265231);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 2, '019b0000-0000-7000-8000-000000000002', 'append-of-019b0000-0000-7000-8000-000000000002', 'RESERVATION_CREATED', 1, '{"text":"Grüße 🎫\n\u0000","number":0.1,"nested":[{"a":null}]}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-2","causationId":"command-2","traceparent":null,"caller":"anonymous"}', 377749656);
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 'user_1', 'unresolved', null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000001","status":"RESERVATION_CREATED","stage":"unresolved","userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":"pending","message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":3}');
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 'user_2', 'processing', null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000002","status":"RESERVATION_CREATED","stage":"processing","userId":"user_2","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":null,"message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":1}');
insert into due_work (shard, kind, id, opened_at, attempts, due_at, owner, last_outcome) values (0, 'charge', 'RES-019b0000-0000-7000-8000-000000000001', 1000, 0, 5000, null, 'unknown');
insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream) values (0, 'caller', 'key', 'body', 'RES-019b0000-0000-7000-8000-000000000001');
