import type { Compilable, Kysely } from 'kysely';
import type { EventRow, KeyRow, MoveRow, ReservationRow, SubscriptionRow, Tables } from '../columns.ts';
import { ONLY_SHARD } from '../columns.ts';

/** Rows behind a place; the empty text sorts before every other. */
export interface After<Place> {
  readonly after: Place;
  readonly limit: number;
}

/** Where a page of a log in the order of streams begins. */
export interface AfterEvent {
  readonly stream: string;
  readonly version: number;
  readonly limit: number;
}

/** Where a page of keys begins. */
export interface AfterKey {
  readonly scope: string;
  readonly key: string;
  readonly limit: number;
}

/** The log in the order of positions. */
export function logPage(sql: Kysely<Tables>, { after, limit }: After<number>): Compilable<EventRow> {
  return sql
    .selectFrom('events')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where('position', '>', 0)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit);
}

/** The log in the order of streams and versions. */
export function streamsPage(sql: Kysely<Tables>, { stream, version, limit }: AfterEvent): Compilable<EventRow> {
  return sql
    .selectFrom('events')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where(({ eb, refTuple, tuple }) => eb(refTuple('stream', 'version'), '>', tuple(stream, version)))
    .orderBy('stream')
    .orderBy('version')
    .limit(limit);
}

/** The view in the order of reservation ids. */
export function summariesPage(sql: Kysely<Tables>, { after, limit }: After<string>): Compilable<ReservationRow> {
  return sql
    .selectFrom('reservations')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where('reservation_id', '>', after)
    .orderBy('reservation_id')
    .limit(limit);
}

/** The keys in the order of scopes and keys. */
export function keysPage(sql: Kysely<Tables>, { scope, key, limit }: AfterKey): Compilable<KeyRow> {
  return sql
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where(({ eb, refTuple, tuple }) => eb(refTuple('scope', 'idempotency_key'), '>', tuple(scope, key)))
    .orderBy('scope')
    .orderBy('idempotency_key')
    .limit(limit);
}

/** A shard's subscriptions in the order of names. */
export function checkpointsPage(
  sql: Kysely<Tables>,
  shard: number,
  { after, limit }: After<string>,
): Compilable<SubscriptionRow> {
  return sql
    .selectFrom('subscriptions')
    .selectAll()
    .where('shard', '=', shard)
    .where('name', '>', after)
    .orderBy('name')
    .limit(limit);
}

/** The database's move, if it had one. */
export function storeMove(sql: Kysely<Tables>): Compilable<MoveRow> {
  return sql.selectFrom('store_moves').selectAll().where('shard', '=', ONLY_SHARD);
}
