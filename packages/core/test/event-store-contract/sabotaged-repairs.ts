import type { ReservationSummary } from '../../src/domain/reservation/summary.ts';
import { READ_LIMIT_MAX } from '../../src/ports/event-store.ts';
import type { ViewRepair } from '../../src/ports/admin/view-repair.ts';
import type { ReservationStore } from '../../src/ports/reservation-store.ts';
import type { Sabotage } from './sabotage.ts';

/** A bug in repairs of the view. */
function inRepair(bug: string, plant: (repair: ViewRepair, store: ReservationStore) => Partial<ViewRepair>): Sabotage {
  return { bug, plant: (store) => ({ ...store, repair: { ...store.repair, ...plant(store.repair, store) } }) };
}

/** The row with the number of events that its stream has now. */
async function atCurrentVersion(store: ReservationStore, row: ReservationSummary): Promise<ReservationSummary> {
  const stream = await store.events.readStream(row.reservationId, { after: 0, limit: READ_LIMIT_MAX });
  return { ...row, version: stream.length };
}

/** The rows for which `isPut` is true of the row that the view shows. */
async function filterRows(
  store: ReservationStore,
  rows: readonly ReservationSummary[],
  isPut: (shown: ReservationSummary | null, row: ReservationSummary) => boolean,
): Promise<readonly ReservationSummary[]> {
  const chosen: ReservationSummary[] = [];
  for (const row of rows) if (isPut(await store.view.find(row.reservationId), row)) chosen.push(row);
  return chosen;
}

/** Each of these must be caught by at least one case of the contract. */
export const sabotagedRepairs: readonly Sabotage[] = [
  inRepair('a row is put whatever its stream has', (repair, store) => ({
    put: async (rows) => await repair.put(await Promise.all(rows.map((row) => atCurrentVersion(store, row)))),
  })),
  inRepair('a row of the same version is left as it is', (repair, store) => ({
    put: async (rows) =>
      await repair.put(await filterRows(store, rows, (shown, row) => shown?.version !== row.version)),
  })),
  inRepair('a row of a higher version is left as it is', (repair, store) => ({
    put: async (rows) =>
      await repair.put(await filterRows(store, rows, (shown, row) => (shown?.version ?? 0) <= row.version)),
  })),
  inRepair('a missing row is not written', (repair, store) => ({
    put: async (rows) => await repair.put(await filterRows(store, rows, (shown) => shown !== null)),
  })),
  inRepair('every row counts as written', (repair) => ({
    put: async (rows) => {
      await repair.put(rows);
      return rows.length;
    },
  })),
  inRepair('a batch has no bound', (repair) => ({ put: (rows) => repair.put(rows.slice(0, 1)) })),
  inRepair('rows without a stream stay', () => ({ removeOrphans: async () => ({ removed: 0, next: null }) })),
  inRepair('only the first page is looked at', (repair) => ({
    removeOrphans: async (page) => ({ ...(await repair.removeOrphans(page)), next: null }),
  })),
  inRepair('a page begins again at the start', (repair) => ({
    removeOrphans: (page) => repair.removeOrphans({ ...page, after: null }),
  })),
];
