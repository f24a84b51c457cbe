/**
 * Version 2, on SQLite only: the view's indexes become part of its table. A rebuild builds a table beside it and
 * renames it into its place; SQLite cannot rename an index, but those that come from a table's own constraints take
 * its name along. With the reservation's id in it every one of these keys is unique by itself.
 */
export const VIEW_WITH_OWN_INDEXES: readonly string[] = replaceView('reservations_2', [
  'primary key (shard, reservation_id)',
  'unique (shard, user_id, reservation_id)',
  'unique (shard, stage, reservation_id)',
]);

/**
 * Finds reservations by the transaction id that the view shows. The index is part of the table, as in version 2, and
 * an index of that kind covers every row, those without a transaction too.
 */
export const VIEW_BY_TRANSACTION: readonly string[] = replaceView('reservations_3', [
  'primary key (shard, reservation_id)',
  'unique (shard, user_id, reservation_id)',
  'unique (shard, stage, reservation_id)',
  'unique (shard, transaction_id, reservation_id)',
]);

/**
 * Replaces the view's table by one with these keys. The legacy way to rename leaves alone the views that an operator
 * made on the table; the usual one checks them, and fails while the table is away. The setting is the connection's:
 * one whose migration fails half-way is closed.
 */
function replaceView(name: string, keys: readonly string[]): readonly string[] {
  return [
    `create table ${name} (
  shard integer not null,
  reservation_id text not null,
  status text not null,
  stage text not null,
  user_id text not null,
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
  ${keys.join(',\n  ')}
) without rowid`,
    `insert into ${name} select * from reservations`,
    'drop table reservations',
    'pragma legacy_alter_table = on',
    `alter table ${name} rename to reservations`,
    'pragma legacy_alter_table = off',
  ];
}
