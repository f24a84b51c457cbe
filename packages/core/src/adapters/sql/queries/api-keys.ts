import type { Compilable, Kysely } from 'kysely';
import { API_KEYS, type ApiKeyRow, ONLY_SHARD, type Tables } from '../columns.ts';
import { columnsOf } from '../prepared-query.ts';

/** Parameters of the statements. */
export interface ApiKeyParameters {
  readonly find: { readonly prefix: string };
  readonly list: { readonly after: string; readonly limit: number };
  readonly insert: ApiKeyRow;
  readonly revoke: { readonly prefix: string; readonly at: number };
  readonly markUsed: { readonly prefix: string; readonly day: string };
}

/** Rows that they return. */
export interface ApiKeyRows {
  readonly find: ApiKeyRow;
  readonly list: ApiKeyRow;
  readonly insert: unknown;
  readonly revoke: unknown;
  readonly markUsed: unknown;
}

/** The statements, each of which is a whole transaction. */
export type ApiKeyQueries = {
  readonly [Name in keyof ApiKeyParameters]: (parameters: ApiKeyParameters[Name]) => Compilable<ApiKeyRows[Name]>;
};

/** Builds them with the query builder of a dialect. */
export function apiKeyQueries(sql: Kysely<Tables>): ApiKeyQueries {
  const change = (prefix: string) =>
    sql.updateTable('api_keys').where('shard', '=', ONLY_SHARD).where('prefix', '=', prefix);
  return {
    find: ({ prefix }) =>
      sql.selectFrom('api_keys').selectAll().where('shard', '=', ONLY_SHARD).where('prefix', '=', prefix),
    list: ({ after, limit }) =>
      sql
        .selectFrom('api_keys')
        .selectAll()
        .where('shard', '=', ONLY_SHARD)
        .where('prefix', '>', after)
        .orderBy('prefix')
        .limit(limit),
    /** Changes no row when the prefix is taken. */
    insert: (row) =>
      sql
        .insertInto('api_keys')
        .values(columnsOf(API_KEYS, row))
        .onConflict((conflict) => conflict.columns(['shard', 'prefix']).doNothing()),
    /** Changes no row when the key is unknown, or revoked already. */
    revoke: ({ prefix, at }) => change(prefix).set({ revoked_at: at }).where('revoked_at', 'is', null),
    /** Changes no row when the key is unknown, or marked with this day or a later one. */
    markUsed: ({ prefix, day }) =>
      change(prefix)
        .set({ last_used_on: day })
        .where(({ or, eb }) => or([eb('last_used_on', 'is', null), eb('last_used_on', '<', day)])),
  };
}
