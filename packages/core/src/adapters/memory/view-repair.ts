import { differingFields, type ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ViewRepair } from '../../ports/admin/view-repair.ts';
import { assertBatch, assertRepairPage } from '../support/arguments.ts';
import { frozenCopy } from './frozen.ts';
import type { Tables } from './tables.ts';

/** The repair of the view over the store's tables. Each call runs without a pause, which excludes appends here. */
export function createViewRepair({ streams, summaries }: Tables, assertOpen: () => void): ViewRepair {
  function put(row: ReservationSummary): boolean {
    const eventCount = streams.get(row.reservationId)?.length ?? 0;
    const found = summaries.get(row.reservationId);
    const isSame = found !== undefined && differingFields(row, found).length === 0;
    if (eventCount !== row.version || isSame) return false;
    summaries.set(row.reservationId, frozenCopy(row));
    return true;
  }

  return {
    async put(rows) {
      assertOpen();
      assertBatch(rows);
      return rows.filter(put).length;
    },
    async removeOrphans({ after, limit }) {
      assertOpen();
      assertRepairPage(limit);
      const behind = [...summaries.keys()].filter((id) => after === null || id > after).sort();
      const page = behind.slice(0, limit);
      const orphans = page.filter((id) => !streams.has(id));
      for (const id of orphans) summaries.delete(id);
      return { removed: orphans.length, next: behind.length > limit ? (page.at(-1) ?? null) : null };
    },
  };
}
