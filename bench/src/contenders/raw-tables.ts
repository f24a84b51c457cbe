/** Columns and indexes of this project's tables, as a good engineer would write them by hand. `C` is a collation. */
const TABLES = `
create table events (
  shard integer not null, stream text {C} not null, version integer not null, position bigint not null,
  id text not null, command_id text not null, type text not null, schema_version integer not null,
  data text not null, metadata text not null, checksum bigint not null,
  primary key (shard, stream, version)
) {T};
create unique index events_by_position on events (shard, position);
create table reservations (
  shard integer not null, reservation_id text {C} not null, version integer not null, user_id text {C} not null,
  stage text not null, transaction_id text, summary text not null,
  primary key (shard, reservation_id)
) {T};
create index reservations_by_user on reservations (shard, user_id, reservation_id);
create index reservations_by_stage on reservations (shard, stage, reservation_id);
create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id)
  where transaction_id is not null;
create table due_work (
  shard integer not null, kind text {C} not null, id text {C} not null, opened_at bigint not null,
  attempts integer not null, due_at bigint not null, owner text, last_outcome text,
  primary key (shard, kind, id)
) {T};
create index due_work_by_due_at on due_work (shard, kind, due_at, id);
create table idempotency_keys (
  shard integer not null, scope text {C} not null, idempotency_key text {C} not null, fingerprint text not null,
  stream text {C} not null,
  primary key (shard, scope, idempotency_key)
) {T};
`;

/** For SQLite. */
export const SQLITE_TABLES: string = TABLES.replaceAll('{C}', '').replaceAll('{T}', 'without rowid');

/** For PostgreSQL. */
export const POSTGRES_TABLES: string = TABLES.replaceAll('{C}', 'collate "C"').replaceAll('{T}', '');
