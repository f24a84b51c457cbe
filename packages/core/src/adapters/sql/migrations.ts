import { ReservationError } from '../../errors.ts';

/** What differs between databases in the definition of a table. */
export interface SqlDialect {
  /** A text that is compared byte by byte, so that ids sort in the same order everywhere. */
  readonly keyText: string;
  /** What stands behind the closing parenthesis of a table whose rows lie in the order of its key. */
  readonly keyedTable: string;
  /** What the first version of the schema has beside the tables that all databases share. */
  readonly initialExtras: readonly string[];
}

/** One step of the schema. Released steps are never changed; each is applied in a transaction of its own. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Where the applied migrations are written down; created before the first of them. */
export const MIGRATIONS_TABLE =
  'create table if not exists schema_migrations (version integer not null primary key, name text not null)';

/** All steps, the oldest first; versions are 1, 2, 3, … */
export function migrationsFor(dialect: SqlDialect): readonly Migration[] {
  return [{ version: 1, name: 'initial', statements: [...initialSchema(dialect), ...dialect.initialExtras] }];
}

/**
 * The steps that a database at `version` (0: empty) still needs.
 * @throws {ReservationError} STORE_UNSUITABLE when the database is newer than this code.
 */
export function pendingMigrations(migrations: readonly Migration[], version: number): readonly Migration[] {
  const newest = migrations.length;
  if (version > newest) {
    throw new ReservationError(
      'STORE_UNSUITABLE',
      `the database has schema version ${version}, this code knows versions up to ${newest}: use a newer release`,
    );
  }
  return migrations.slice(version);
}

function initialSchema({ keyText, keyedTable }: SqlDialect): readonly string[] {
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
