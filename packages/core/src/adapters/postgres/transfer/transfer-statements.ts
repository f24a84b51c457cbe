import {
  type ApiKeyRow,
  type EventRow,
  type KeyRow,
  ONLY_SHARD,
  type WorkRow,
  type ReservationRow,
  type SubscriptionRow,
} from '../../sql/columns.ts';
import {
  type After,
  type AfterEvent,
  type AfterKey,
  checkpointsPage,
  keysPage,
  logPage,
  streamsPage,
  summariesPage,
} from '../../sql/queries/transfer.ts';
import { apiKeyQueries } from '../../sql/queries/api-keys.ts';
import { type WorkPage, workQueries } from '../../sql/queries/work.ts';
import { type Prepared, prepare, sql, type Statement } from '../prepared.ts';

/**
 * A shard that no server reads. During a move the lock of appends, the due work and the subscriptions are in it: a server
 * that had the database open before can neither append nor charge.
 */
export const STAGED_SHARD = -1;

interface Pages {
  readonly log: Prepared<After<number>, EventRow>;
  readonly streams: Prepared<AfterEvent, EventRow>;
  readonly summaries: Prepared<After<string>, ReservationRow>;
  readonly keys: Prepared<AfterKey, KeyRow>;
  readonly work: Prepared<WorkPage, WorkRow>;
  readonly checkpoints: Prepared<After<string>, SubscriptionRow>;
  readonly apiKeys: Prepared<After<string>, ApiKeyRow>;
}

/** Pages of the copied rows; work and checkpoints are those in the shard of the move. */
export const pages: Pages = {
  log: prepare((page) => logPage(sql, page)),
  streams: prepare((page) => streamsPage(sql, page)),
  summaries: prepare((page) => summariesPage(sql, page)),
  keys: prepare((page) => keysPage(sql, page)),
  work: prepare(workQueries(sql).page(STAGED_SHARD)),
  checkpoints: prepare((page) => checkpointsPage(sql, STAGED_SHARD, page)),
  apiKeys: prepare(apiKeyQueries(sql).list),
};

/** Updates the planner's statistics of a table: without them each page of a table just filled is found by sorting the rest. */
export function analyze(table: 'events' | 'reservations' | 'due_work' | 'idempotency_keys'): Statement<object> {
  return { text: `analyze ${table}`, values: [] };
}

/** Tables without a row in an empty database, in any shard. */
const CONTENTS = [
  'events',
  'reservations',
  'due_work',
  'idempotency_keys',
  'subscriptions',
  'api_keys',
  'store_moves',
] as const;

/** True when there is any row. */
export const HAS_CONTENTS: Statement<{ readonly found: boolean }> = {
  text: `select ${CONTENTS.map((table) => `exists (select from ${table})`).join(' or ')} as found`,
  values: [],
};

/** Last copied position. */
export const STAGED_END: Statement<{ readonly last_position: number }> = {
  text: 'select coalesce(max(position), 0) as last_position from events where shard = $1 and position > 0',
  values: [ONLY_SHARD],
};

/** Excludes appends now and, once its transaction is committed, for good. */
export const LOCK_LOG: Statement<object> = {
  text: 'select from log_locks where shard = $1 for update',
  values: [ONLY_SHARD],
};

/** Tables that a server which had the database open must not find during a move. */
const STAGED = ['log_locks', 'due_work', 'subscriptions'] as const;

/** Moves the lock of appends to where no server finds it. */
export const STAGE_LOCK: Statement<object> = {
  text: 'update log_locks set shard = $1 where shard = $2',
  values: [STAGED_SHARD, ONLY_SHARD],
};

/** Makes all rows visible. Checkpoints that were written by readers of the partly copied log are discarded. */
export const UNSTAGE: readonly Statement<object>[] = [
  { text: 'delete from subscriptions where shard = $1', values: [ONLY_SHARD] },
  ...STAGED.map((table) => ({
    text: `update ${table} set shard = $1 where shard = $2`,
    values: [ONLY_SHARD, STAGED_SHARD],
  })),
];

/** Ends the move. */
export function finishMove(finishedAt: number): Statement<object> {
  return {
    text: `update store_moves set finished_at = $1 where shard = $2 and role = 'target' and finished_at is null`,
    values: [finishedAt, ONLY_SHARD],
  };
}

/** Deletes everything except the log. */
export const FORGET: readonly Statement<object>[] = [
  { text: 'delete from reservations where shard = $1', values: [ONLY_SHARD] },
  { text: 'delete from idempotency_keys where shard = $1', values: [ONLY_SHARD] },
  { text: 'delete from api_keys where shard = $1', values: [ONLY_SHARD] },
  { text: 'delete from due_work where shard = $1', values: [STAGED_SHARD] },
  { text: 'delete from subscriptions where shard = $1', values: [STAGED_SHARD] },
];

/** Inserts rows; an existing row is an error. */
export function insertRows(
  table: 'reservations' | 'due_work' | 'idempotency_keys' | 'subscriptions' | 'api_keys' | 'store_moves',
  rows: readonly object[],
): Statement<object> {
  return {
    text: `insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`,
    values: [JSON.stringify(rows)],
  };
}

/** Inserts events behind position `before`; none when the log ends elsewhere or no move is in progress. */
export function insertEvents(rows: readonly object[], before: number): Statement<object> {
  return {
    text: `insert into events select e.* from json_populate_recordset(null::events, $1::json) as e
where (select coalesce(max(position), 0) from events where shard = $2 and position > 0) = $3
  and exists (select from log_locks where shard = $4)`,
    values: [JSON.stringify(rows), ONLY_SHARD, before, STAGED_SHARD],
  };
}
