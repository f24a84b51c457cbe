/** What differs between databases in the definition of a table. */
export interface SqlDialect {
  /** A text that is compared byte by byte, so that ids sort in the same order everywhere. */
  readonly keyText: string;
  /** What stands behind the closing parenthesis of a table whose rows lie in the order of its key. */
  readonly keyedTable: string;
  /** What the first version of the schema has beside the tables that all databases share. */
  readonly initialExtras: readonly string[];
  /** What the second version has beside them. */
  readonly secondExtras: readonly string[];
  /** The step that lets reservations be found by their transaction id. */
  readonly transactionIds: readonly string[];
  /** What the step has beside them that leaves one index for each look-up. */
  readonly pinnedExtras: readonly string[];
  /** What the step {@link freeKeysSchema} has beside it. */
  readonly freeKeysExtras: readonly string[];
}

/** Version 1: log, view, queue, keys. */
export function initialSchema({ keyText, keyedTable }: SqlDialect): readonly string[] {
  return [
    `create table events (
  shard integer not null,
  stream ${keyText} not null,
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
)${keyedTable}`,
    'create unique index events_by_position on events (shard, position)',
    `create table reservations (
  shard integer not null,
  reservation_id ${keyText} not null,
  status text not null,
  stage text not null,
  user_id ${keyText} not null,
  amount_minor bigint not null,
  currency text not null,
  decimals integer not null,
  transaction_id text,
  failure_reason text,
  answered_as text,
  message text not null,
  created_at text not null,
  updated_at text not null,
  version integer not null,
  primary key (shard, reservation_id)
)${keyedTable}`,
    'create index reservations_by_user on reservations (shard, user_id, reservation_id)',
    'create index reservations_by_stage on reservations (shard, stage, reservation_id)',
    `create table payment_queue (
  shard integer not null,
  reservation_id ${keyText} not null,
  opened_at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  owner text,
  last_outcome text,
  primary key (shard, reservation_id)
)${keyedTable}`,
    'create index payment_queue_by_due_at on payment_queue (shard, due_at, reservation_id)',
    `create table idempotency_keys (
  shard integer not null,
  scope ${keyText} not null,
  idempotency_key ${keyText} not null,
  fingerprint text not null,
  stream ${keyText} not null,
  primary key (shard, scope, idempotency_key)
)${keyedTable}`,
    `create table write_probe (
  shard integer not null primary key,
  writes bigint not null
)`,
    'insert into write_probe (shard, writes) values (0, 0)',
  ];
}

/** Version 2: who has read how far in the log, and the two long works that a command does beside the servers. */
export function subscriptionsSchema({ keyText, keyedTable }: SqlDialect): readonly string[] {
  return [
    `create table subscriptions (
  shard integer not null,
  name ${keyText} not null,
  position bigint not null,
  owner text,
  lease_until bigint not null,
  stopped_at bigint,
  stopped_because text,
  primary key (shard, name)
)${keyedTable}`,
    `create table view_rebuilds (
  shard integer not null primary key,
  token text not null,
  started_at bigint not null
)`,
    `create table store_moves (
  shard integer not null primary key,
  role text not null,
  move_id text not null,
  other text not null,
  began_at bigint not null,
  finished_at bigint
)`,
  ];
}

/**
 * The step from which on a key whose request was never sent is free again: releases the keys of reservations that
 * failed with this proof before.
 */
export function freeKeysSchema(): readonly string[] {
  return [
    `delete from idempotency_keys where (shard, stream) in (
  select shard, reservation_id from reservations where failure_reason = 'not-sent'
)`,
  ];
}
