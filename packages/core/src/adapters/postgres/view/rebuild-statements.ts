import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import { toReservationRow } from '../../sql/reservation-rows.ts';
import { type EventsTable, ONLY_SHARD } from '../../sql/tables.ts';
import { type Prepared, prepare, sql, type Statement } from '../prepared.ts';
import { storable } from '../storable.ts';

/** Makes a rebuild the latest one, and locks the row until the end of the transaction. */
export const putToken: Prepared<{ readonly token: string; readonly startedAt: number }, unknown> = prepare(
  ({ token, startedAt }: { readonly token: string; readonly startedAt: number }) =>
    sql
      .insertInto('view_rebuilds')
      .values({ shard: ONLY_SHARD, token, started_at: startedAt })
      .onConflict((conflict) => conflict.column('shard').doUpdateSet({ token, started_at: startedAt })),
);

/** The latest rebuild, if there is one; locks it until the end of the transaction. */
export const latestToken: Prepared<object, { readonly token: string }> = prepare(() =>
  sql.selectFrom('view_rebuilds').select('token').where('shard', '=', ONLY_SHARD).forUpdate(),
);

/** Makes no rebuild the latest one. */
export const forgetToken: Prepared<object, unknown> = prepare(() =>
  sql.deleteFrom('view_rebuilds').where('shard', '=', ONLY_SHARD),
);

/** How long a statement of this transaction waits for a lock. */
export function lockTimeout(ms: number): Statement<unknown> {
  return { text: "select set_config('lock_timeout', $1, true)", values: [String(ms)] };
}

/**
 * A rebuild that stands still within a transaction is cut off by the server after this time: in the switch it keeps
 * every reservation waiting. Between two of its statements is at most the folding of one page.
 */
export const IDLE_IN_TRANSACTION_MAX_MS = 5_000;

/** How long this transaction may wait for its client. */
export function idleTimeout(): Statement<unknown> {
  const values = [String(IDLE_IN_TRANSACTION_MAX_MS)];
  return { text: "select set_config('idle_in_transaction_session_timeout', $1, true)", values };
}

const LOCK_LOG = 'select from log_locks where shard = $1 for update';

/** Keeps appends out until the end of the transaction. */
export function lockLog(): Statement<unknown> {
  return { text: LOCK_LOG, values: [ONLY_SHARD] };
}

const WHOLE_STREAMS = 'select * from events where shard = $1 and stream = any($2::text[]) order by stream, version';

/** All events of these streams, in the order of versions. */
export function wholeStreams(streams: readonly string[]): Statement<EventsTable> {
  return { text: WHOLE_STREAMS, values: [ONLY_SHARD, streams] };
}

const PUT_ROWS = ` as there (shard, reservation_id, status, stage, user_id, amount_minor,
  currency, decimals, transaction_id, failure_reason, answered_as, message, created_at, updated_at, version)
select r.shard, r.reservation_id, r.status, r.stage, r.user_id, r.amount_minor,
  r.currency, r.decimals, r.transaction_id, r.failure_reason, r.answered_as, r.message, r.created_at, r.updated_at, r.version
from json_to_recordset($1::json) as r(
  shard integer, reservation_id text, status text, stage text, user_id text, amount_minor bigint,
  currency text, decimals integer, transaction_id text, failure_reason text, answered_as text, message text,
  created_at text, updated_at text, version integer
)
on conflict (shard, reservation_id) do update set
  status = excluded.status, stage = excluded.stage, user_id = excluded.user_id,
  amount_minor = excluded.amount_minor, currency = excluded.currency, decimals = excluded.decimals,
  transaction_id = excluded.transaction_id, failure_reason = excluded.failure_reason,
  answered_as = excluded.answered_as, message = excluded.message, created_at = excluded.created_at,
  updated_at = excluded.updated_at, version = excluded.version
where excluded.version > there.version`;

/** Writes rows into `table` as an append would; one that is there stays when its version is not lower. */
export function putRows(table: string, summaries: readonly ReservationSummary[]): Statement<unknown> {
  const rows = summaries.map(toReservationRow).map((row) => ({ ...row, message: storable(row.message) }));
  return { text: `insert into ${table}${PUT_ROWS}`, values: [JSON.stringify(rows)] };
}
