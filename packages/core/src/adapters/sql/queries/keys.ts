import type { KeyClaim, KeyName } from '../../../ports/inline-writes.ts';
import type { KeyHolder } from '../../../ports/reservation-view.ts';
import { ONLY_SHARD } from '../columns.ts';
import type { Builder, Query } from '../prepared-query.ts';

/** Queries of the idempotency keys. */
interface KeyQueries {
  /** Changes no row when the key is bound. */
  readonly claim: Query<KeyClaim & { readonly stream: string }>;
  /** Changes no row unless the key is bound to the stream. */
  readonly release: Query<KeyName & { readonly stream: string }>;
  readonly holder: Query<KeyName, KeyHolder>;
}

/** Builds them. */
export function keyQueries(sql: Builder): KeyQueries {
  return {
    claim: ({ scope, key, fingerprint, stream }) =>
      sql
        .insertInto('idempotency_keys')
        .values({ shard: ONLY_SHARD, scope, idempotency_key: key, fingerprint, stream })
        .onConflict((conflict) => conflict.doNothing()),
    release: ({ scope, key, stream }) =>
      sql
        .deleteFrom('idempotency_keys')
        .where('shard', '=', ONLY_SHARD)
        .where('scope', '=', scope)
        .where('idempotency_key', '=', key)
        .where('stream', '=', stream),
    holder: ({ scope, key }) =>
      sql
        .selectFrom('idempotency_keys')
        .select(['stream', 'fingerprint'])
        .where('shard', '=', ONLY_SHARD)
        .where('scope', '=', scope)
        .where('idempotency_key', '=', key),
  };
}
