import { type EventRow, ONLY_SHARD } from '../../sql/columns.ts';
import type { Statement } from '../prepared.ts';

/** A page of the log, in order. */
export function logPage({ after, limit }: { readonly after: number; readonly limit: number }): Statement<EventRow> {
  return { text: 'select * from log_page($1::integer, $2::bigint, $3::bigint)', values: [ONLY_SHARD, after, limit] };
}
