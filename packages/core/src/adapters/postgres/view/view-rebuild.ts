import { assert } from '../../../errors.ts';
import type { RecordedEvent } from '../../../ports/event-store.ts';
import {
  REBUILD_EVENTS_BEHIND_MAX,
  type RebuildRequest,
  type SwitchRequest,
  type SwitchResult,
  type ViewRebuild,
} from '../../../ports/view-rebuild.ts';
import { assertBatch, assertPatience, assertRange } from '../../support/arguments.ts';
import { fromEventRows } from '../../sql/event-rows.ts';
import type { EventsTable } from '../../sql/tables.ts';
import { superseded } from '../../sql/view-rebuild.ts';
import type { Access } from '../access.ts';
import type { Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import { logPage } from '../schema/pinned-functions.ts';
import {
  forgetToken,
  idleTimeout,
  latestToken,
  lockLog,
  lockTimeout,
  putRows,
  putToken,
  wholeStreams,
} from './rebuild-statements.ts';
import { analyzeRebuiltTable, createRebuiltTable, dropRebuiltTable, swapTables } from './rebuilt-table.ts';
import { explainDenial, findViewTables, type ViewTables } from './view-tables.ts';

/**
 * Begins a rebuild: whoever was at it is superseded, and what was left lying is removed.
 * @throws {ReservationError} STORE_UNSUITABLE when it could not end well: nothing was changed.
 */
export async function beginRebuild(access: Access, { token, startedAt }: RebuildRequest): Promise<ViewRebuild> {
  /** Whoever is frozen in it, or away, lets go of its locks by and by. */
  function transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    return access.transaction(async (run) => {
      await run(idleTimeout());
      return await work(run);
    });
  }

  const tables = await transaction(async (run) => {
    // This row is the lock of rebuilds: whoever works on the table of one holds it.
    await run(putToken({ token, startedAt }));
    const found = await findViewTables(run);
    await createRebuiltTable(run, found);
    return found;
  }).catch(explainDenial);

  /** Runs `work` in a transaction that no later rebuild can come between. */
  function whileCurrent<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    return transaction(async (run) => {
      if (!(await isCurrent(run, token))) throw superseded(token);
      return await work(run);
    });
  }

  let isAnalyzed = false;

  return {
    async put(batch) {
      assertBatch(batch);
      await whileCurrent((run) => run(putRows(tables.rebuilt, batch)));
    },
    async switchOver(request) {
      assertRange({ after: request.after, limit: 1 });
      assertPatience(request.patienceMs);
      // Once: it takes so long on a large table that the log would run away from every attempt.
      if (!isAnalyzed) await whileCurrent((run) => analyzeRebuiltTable(run, tables));
      isAnalyzed = true;
      return await whileCurrent((run) => switchInTransaction(run, tables, request)).catch(busyOrRethrow);
    },
    async abandon() {
      await transaction(async (run) => {
        if (!(await isCurrent(run, token))) return;
        await dropRebuiltTable(run, tables);
        await run(forgetToken({}));
      });
    },
  };
}

async function isCurrent(run: Run, token: string): Promise<boolean> {
  const { rows } = await run(latestToken({}));
  return rows[0]?.token === token;
}

/**
 * The log is locked first, as every append does it, so that nothing can wait in a circle; the tables last,
 * so that readers wait for nothing but two new names.
 */
async function switchInTransaction(
  run: Run,
  tables: ViewTables,
  { after, project, patienceMs }: SwitchRequest,
): Promise<SwitchResult> {
  await run(lockTimeout(patienceMs));
  const { count } = await run(lockLog());
  assert(count === 1, 'the log has a lock');
  const { rows } = await run(logPage({ after, limit: REBUILD_EVENTS_BEHIND_MAX + 1 }));
  if (rows.length > REBUILD_EVENTS_BEHIND_MAX) return { kind: 'behind' };
  const behind = fromEventRows(rows, 'position', after);
  await run(putRows(tables.rebuilt, (await readStreams(run, behind)).map(project)));
  await swapTables(run, tables);
  await run(forgetToken({}));
  return { kind: 'switched' };
}

/** The whole streams of these events. */
async function readStreams(run: Run, touchedBy: readonly RecordedEvent[]): Promise<RecordedEvent[][]> {
  const names = [...new Set(touchedBy.map(({ stream }) => stream))];
  const { rows } = await run(wholeStreams(names));
  const streams = new Map<string, EventsTable[]>(names.map((name) => [name, []]));
  for (const row of rows) streams.get(row.stream)?.push(row);
  return [...streams.values()].map((stream) => [...fromEventRows(stream, 'version', 0)]);
}

/** A lock that was not had in time, or a circle of waiting that the server broke: nothing was changed. */
const IN_USE: ReadonlySet<string | null> = new Set(['55P03', '40P01']);

function busyOrRethrow(error: unknown): SwitchResult {
  if (error instanceof Error && IN_USE.has(sqlStateOf(error.cause))) return { kind: 'busy' };
  throw error;
}
