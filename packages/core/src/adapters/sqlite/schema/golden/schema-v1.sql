-- A database of schema version 1 as its release wrote it. Never changed: every later release must upgrade and read it.
CREATE TABLE schema_migrations (version integer not null primary key, name text not null);
CREATE TABLE events (
  shard integer not null,
  stream text not null,
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
) without rowid;
CREATE UNIQUE INDEX events_by_position on events (shard, position) where position > 0;
CREATE TABLE reservations (
  shard integer not null,
  reservation_id text not null,
  version integer not null,
  user_id text not null,
  stage text not null,
  transaction_id text,
  caller text,
  reference text,
  summary text not null,
  primary key (shard, reservation_id)
) without rowid;
CREATE INDEX reservations_by_user on reservations (shard, user_id, reservation_id);
CREATE INDEX reservations_by_stage on reservations (shard, stage, reservation_id);
CREATE INDEX reservations_by_transaction on reservations (shard, transaction_id, reservation_id)
where transaction_id is not null;
CREATE INDEX reservations_by_caller on reservations (shard, caller, reservation_id) where caller is not null;
CREATE INDEX reservations_by_reference on reservations (shard, reference, reservation_id)
where reference is not null;
CREATE TABLE due_work (
  shard integer not null,
  kind text not null,
  id text not null,
  opened_at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  owner text,
  last_outcome text,
  primary key (shard, kind, id)
) without rowid;
CREATE INDEX due_work_by_due_at on due_work (shard, kind, due_at, id) where due_at >= 0;
CREATE TABLE idempotency_keys (
  shard integer not null,
  scope text not null,
  idempotency_key text not null,
  fingerprint text not null,
  stream text not null,
  primary key (shard, scope, idempotency_key)
) without rowid;
CREATE TABLE subscriptions (
  shard integer not null,
  name text not null,
  position bigint not null,
  owner text,
  lease_until bigint not null,
  stopped_at bigint,
  stopped_because text,
  primary key (shard, name)
) without rowid;
CREATE TABLE api_keys (
  shard integer not null,
  prefix text not null,
  hash text not null,
  name text not null,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  last_used_on text,
  primary key (shard, prefix)
) without rowid;
CREATE TABLE store_moves (
  shard integer not null primary key,
  role text not null,
  move_id text not null,
  other text not null,
  began_at bigint not null,
  finished_at bigint
);
CREATE TABLE write_probe (
  shard integer not null primary key,
  writes bigint not null
);
insert into schema_migrations (version, name) values (1, 'initial schema');
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 1, 1, '019b0000-0000-7000-8000-000000000001', 'append-of-019b0000-0000-7000-8000-000000000001', 'RESERVATION_CREATED', 1, '{"userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-1","causationId":"command-1","traceparent":null,"caller":"anonymous"}', 707343958);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 2, 3, '019b0000-0000-7000-8000-000000000003', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_3","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-3","causationId":"command-3","traceparent":null,"caller":"anonymous"}', 2371882507);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 4, '019b0000-0000-7000-8000-000000000004', 'append-of-019b0000-0000-7000-8000-000000000003', 'RESERVATION_CREATED', 1, '{"userId":"user_4","amountMinor":1050,"currency":"EUR","decimals":2,"at":"2026-01-02T03:04:05.678Z"}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-4","causationId":"command-4","traceparent":null,"caller":"anonymous"}', 3100265231);
insert into events (shard, stream, version, position, id, command_id, type, schema_version, data, metadata, checksum) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 2, '019b0000-0000-7000-8000-000000000002', 'append-of-019b0000-0000-7000-8000-000000000002', 'RESERVATION_CREATED', 1, '{"text":"Grüße 🎫\n\u0000","number":0.1,"nested":[{"a":null}]}', '{"recordedAt":"2026-01-02T03:04:05.678Z","correlationId":"request-2","causationId":"command-2","traceparent":null,"caller":"anonymous"}', 377749656);
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, caller, reference, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000001', 3, 'user_1', 'unresolved', null, null, null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000001","status":"RESERVATION_CREATED","stage":"unresolved","userId":"user_1","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":"pending","message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":3}');
insert into reservations (shard, reservation_id, version, user_id, stage, transaction_id, caller, reference, summary) values (0, 'RES-019b0000-0000-7000-8000-000000000002', 1, 'user_2', 'processing', null, null, null, '{"reservationId":"RES-019b0000-0000-7000-8000-000000000002","status":"RESERVATION_CREATED","stage":"processing","userId":"user_2","amountMinor":1050,"currency":"EUR","decimals":2,"transactionId":null,"failureReason":null,"answeredAs":null,"message":"Payment is being processed","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z","version":1}');
insert into due_work (shard, kind, id, opened_at, attempts, due_at, owner, last_outcome) values (0, 'charge', 'RES-019b0000-0000-7000-8000-000000000001', 1000, 0, 5000, null, 'unknown');
insert into idempotency_keys (shard, scope, idempotency_key, fingerprint, stream) values (0, 'caller', 'key', 'body', 'RES-019b0000-0000-7000-8000-000000000001');
insert into write_probe (shard, writes) values (0, 0);
