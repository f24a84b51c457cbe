import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import type { OrphansRemoved, ViewRepair } from '../../../ports/admin/view-repair.ts';
import { heldSummary } from '../../sql/encoded-append.ts';
import { differs } from '../../sql/rows/reservations.ts';
import { ONLY_SHARD, type ReservationRow, toReservationRow } from '../../sql/columns.ts';
import { assertBatch, assertRepairPage } from '../../support/arguments.ts';
import type { Access } from '../access.ts';
import { lockTimeout } from '../lock-timeout.ts';
import { hasNoLog } from '../log/append.ts';
import type { Run } from '../open/connection.ts';
import { sql } from '../prepared.ts';
import { displayText } from '../../../domain/display-text.ts';

/**
 * The server ends a transaction whose client is suspended for this long: meanwhile its lock blocks appends. Between two
 * statements of a repair there is only the comparison of one batch.
 */
export const IDLE_IN_TRANSACTION_MAX_MS = 5_000;

/** The repair of the view. It holds the lock of appends for one batch. */
export function createViewRepair({ transaction }: Access, lockTimeoutMs: number): ViewRepair {
  return {
    async put(rows) {
      assertBatch(rows);
      const encoded = rows.map(encode);
      return await transaction(async (run) => {
        await lockLog(run, lockTimeoutMs);
        return await putRows(run, encoded);
      });
    },
    async removeOrphans({ after, limit }) {
      assertRepairPage(limit);
      return await transaction(async (run) => {
        await lockLog(run, lockTimeoutMs);
        return await removeOrphans(run, after ?? '', limit);
      });
    },
  };
}

function encode(summary: ReservationSummary): ReservationRow {
  return toReservationRow(heldSummary(summary, displayText));
}

/** Takes the lock of appends (see ../schema/migrations/0001-append-group.ts): later statements see every append that was committed. */
async function lockLog(run: Run, lockTimeoutMs: number): Promise<void> {
  await run(lockTimeout(lockTimeoutMs));
  await run({
    text: "select set_config('idle_in_transaction_session_timeout', $1, true)",
    values: [String(IDLE_IN_TRANSACTION_MAX_MS)],
  });
  const { count } = await run({ text: 'select from log_locks where shard = $1 for update', values: [ONLY_SHARD] });
  if (count === 0) throw hasNoLog(undefined);
}

async function putRows(run: Run, rows: readonly ReservationRow[]): Promise<number> {
  const ids = rows.map((row) => row.reservation_id);
  const versions = await lastVersions(run, ids);
  const { rows: existing } = await run<ReservationRow>({ text: ROWS, values: [ONLY_SHARD, ids] });
  const found = new Map(existing.map((row) => [row.reservation_id, row]));
  const changed = rows.filter(
    (row) => versions.get(row.reservation_id) === row.version && differs(found.get(row.reservation_id), row),
  );
  if (changed.length === 0) return 0;
  await removeRows(
    run,
    changed.map((row) => row.reservation_id),
  );
  const { sql: text, parameters } = sql.insertInto('reservations').values(changed).compile();
  await run({ text, values: parameters });
  return changed.length;
}

async function removeOrphans(run: Run, after: string, limit: number): Promise<OrphansRemoved> {
  const { rows } = await run<Pick<ReservationRow, 'reservation_id'>>({
    text: IDS,
    values: [ONLY_SHARD, after, limit + 1],
  });
  const ids = rows.map((row) => row.reservation_id);
  const page = ids.slice(0, limit);
  const versions = await lastVersions(run, page);
  const orphans = page.filter((id) => !versions.has(id));
  if (orphans.length > 0) await removeRows(run, orphans);
  return { removed: orphans.length, next: ids.length > limit ? (page.at(-1) ?? null) : null };
}

/** The version of each of these streams that has events. */
async function lastVersions(run: Run, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await run<{ readonly stream: string; readonly version: number }>({
    text: LAST_VERSIONS,
    values: [ONLY_SHARD, streams],
  });
  return new Map(rows.map(({ stream, version }) => [stream, version]));
}

async function removeRows(run: Run, ids: readonly string[]): Promise<void> {
  await run({
    text: 'delete from reservations where shard = $1 and reservation_id = any($2::text[])',
    values: [ONLY_SHARD, ids],
  });
}

const LAST_VERSIONS = `select q.stream, e.version from unnest($2::text[]) as q(stream)
  cross join lateral (
    select e.version from events e where e.shard = $1 and e.stream = q.stream order by e.version desc limit 1
  ) e`;

const ROWS = `select r.* from unnest($2::text[]) as q(id)
  cross join lateral (
    select * from reservations r where r.shard = $1 and r.reservation_id = q.id limit 1
  ) r`;

const IDS = `select reservation_id from reservations
  where shard = $1 and reservation_id > $2 order by reservation_id limit $3`;
