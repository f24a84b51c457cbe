import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { assert, ReservationError } from '../../errors.ts';
import {
  REBUILD_EVENTS_BEHIND_MAX,
  REBUILD_PATIENCE_MAX_MS,
  REBUILD_ROWS_MAX,
  type ViewRebuild,
} from '../../ports/view-rebuild.ts';
import { frozenCopy } from './frozen.ts';
import type { Tables } from './tables.ts';

/** Begins a rebuild; the one before it, if there is one, has lost its rows. */
export function beginRebuild(tables: Tables, token: string, assertOpen: () => void): ViewRebuild {
  const rows = new Map<string, ReservationSummary>();
  tables.rebuild = { token, rows };

  function assertCurrent(): void {
    assertOpen();
    if (tables.rebuild?.token === token) return;
    throw new ReservationError(
      'REBUILD_SUPERSEDED',
      `this rebuild of the view has ended, or a later one began (${token})`,
    );
  }

  function write(row: ReservationSummary): void {
    const there = rows.get(row.reservationId);
    if (there === undefined || there.version < row.version) rows.set(row.reservationId, frozenCopy(row));
  }

  return {
    async put(batch) {
      assertCurrent();
      assert(batch.length <= REBUILD_ROWS_MAX, `a batch cannot hold ${batch.length} rows`);
      for (const row of batch) write(row);
    },
    // It runs to its end without a pause, which is what keeps writers out here.
    async switchOver({ after, project, patienceMs }) {
      assertCurrent();
      assert(Number.isSafeInteger(after) && after >= 0, `a switch cannot start behind ${after}`);
      const bounded = Number.isSafeInteger(patienceMs) && patienceMs >= 1 && patienceMs <= REBUILD_PATIENCE_MAX_MS;
      assert(bounded, `a switch cannot wait for ${patienceMs} ms`);
      const behind = tables.log.slice(after);
      if (behind.length > REBUILD_EVENTS_BEHIND_MAX) return { kind: 'behind' };
      const streams = new Set(behind.map(({ stream }) => stream));
      const late = [...streams].map((stream) => project(tables.streams.get(stream) ?? []));
      for (const row of late) write(row);
      tables.summaries = rows;
      tables.rebuild = null;
      return { kind: 'switched' };
    },
    async abandon() {
      assertOpen();
      if (tables.rebuild?.token === token) tables.rebuild = null;
    },
  };
}
