import type { Migration } from '../../../sql/migrations.ts';

/**
 * Log, view, due work, keys, subscriptions, API keys, moves. A table without rowids lies in the order of its key. Partial indexes are
 * used only by statements that repeat their condition, so that each look-up has one index
 * (docs/decisions/0024-no-look-up-depends-on-statistics.md).
 */
export const INITIAL: Migration = {
  version: 1,
  name: 'initial schema',
  statements: [
    `create table events (
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
) without rowid`,
    'create unique index events_by_position on events (shard, position) where position > 0',
    `create table reservations (
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
) without rowid`,
    'create index reservations_by_user on reservations (shard, user_id, reservation_id)',
    'create index reservations_by_stage on reservations (shard, stage, reservation_id)',
    `create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id)
where transaction_id is not null`,
    'create index reservations_by_caller on reservations (shard, caller, reservation_id) where caller is not null',
    `create index reservations_by_reference on reservations (shard, reference, reservation_id)
where reference is not null`,
    `create table due_work (
  shard integer not null,
  kind text not null,
  id text not null,
  opened_at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  owner text,
  last_outcome text,
  primary key (shard, kind, id)
) without rowid`,
    'create index due_work_by_due_at on due_work (shard, kind, due_at, id) where due_at >= 0',
    `create table idempotency_keys (
  shard integer not null,
  scope text not null,
  idempotency_key text not null,
  fingerprint text not null,
  stream text not null,
  primary key (shard, scope, idempotency_key)
) without rowid`,
    `create table subscriptions (
  shard integer not null,
  name text not null,
  position bigint not null,
  owner text,
  lease_until bigint not null,
  stopped_at bigint,
  stopped_because text,
  primary key (shard, name)
) without rowid`,
    `create table api_keys (
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
) without rowid`,
    `create table store_moves (
  shard integer not null primary key,
  role text not null,
  move_id text not null,
  other text not null,
  began_at bigint not null,
  finished_at bigint
)`,
    `create table write_probe (
  shard integer not null primary key,
  writes bigint not null
)`,
    'insert into write_probe (shard, writes) values (0, 0)',
  ],
};
