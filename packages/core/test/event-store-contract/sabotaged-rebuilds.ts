import type { ReservationSummary } from '../../src/domain/reservation/summary.ts';
import { READ_LIMIT_MAX } from '../../src/ports/event-store.ts';
import type { ReservationStore } from '../../src/ports/reservation-store.ts';
import { REBUILD_ROWS_MAX, type SwitchRequest, type ViewRebuild } from '../../src/ports/view-rebuild.ts';
import type { Sabotage } from './sabotage.ts';

/** A bug in rebuilds of the view. */
function inRebuild(bug: string, plant: (rebuild: ViewRebuild, store: ReservationStore) => ViewRebuild): Sabotage {
  return {
    bug,
    plant: (store) => ({
      ...store,
      view: { ...store.view, rebuild: async (request) => plant(await store.view.rebuild(request), store) },
    }),
  };
}

/** The rows of all streams that have an event behind a position. */
async function rowsBehind(store: ReservationStore, { after, project }: SwitchRequest): Promise<ReservationSummary[]> {
  const behind = await store.events.readAll({ after, limit: READ_LIMIT_MAX });
  const rows: ReservationSummary[] = [];
  for (const stream of new Set(behind.map((event) => event.stream))) {
    rows.push(project(await store.events.readStream(stream, { after: 0, limit: READ_LIMIT_MAX })));
  }
  return rows;
}

async function endOfLog({ events }: ReservationStore): Promise<number> {
  return (await events.readAll({ after: 0, limit: READ_LIMIT_MAX })).length;
}

async function allRows({ view }: ReservationStore): Promise<readonly ReservationSummary[]> {
  return (await view.list({ userId: null, stage: null, after: null, limit: 200 })).reservations;
}

/** Each of these must be caught by at least one case of the contract. */
export const sabotagedRebuilds: readonly Sabotage[] = [
  inRebuild('a switch does not keep writers out', (rebuild, store) => ({
    ...rebuild,
    async switchOver(request) {
      await rebuild.put(await rowsBehind(store, request));
      await new Promise<void>((resolve) => setImmediate(resolve));
      return await rebuild.switchOver({ ...request, after: await endOfLog(store) });
    },
  })),
  inRebuild('a switch forgets what came behind its position', (rebuild, store) => ({
    ...rebuild,
    switchOver: async (request) => await rebuild.switchOver({ ...request, after: await endOfLog(store) }),
  })),
  inRebuild('a switch projects only what came behind its position', (rebuild) => ({
    ...rebuild,
    switchOver: (request) =>
      rebuild.switchOver({
        ...request,
        project: (stream) => request.project(stream.filter(({ position }) => position > request.after)),
      }),
  })),
  inRebuild('a switch projects the whole log', (rebuild) => ({
    ...rebuild,
    switchOver: (request) => rebuild.switchOver({ ...request, after: 0 }),
  })),
  inRebuild('a switch reads on, however far it is behind', (rebuild, store) => ({
    ...rebuild,
    async switchOver(request) {
      const result = await rebuild.switchOver(request);
      if (result.kind !== 'behind') return result;
      await rebuild.put(await rowsBehind(store, request));
      return await rebuild.switchOver({ ...request, after: await endOfLog(store) });
    },
  })),
  inRebuild('the row that was put last stays, whatever its version', (rebuild) => {
    const last = new Map<string, ReservationSummary>();
    return {
      ...rebuild,
      async put(rows) {
        await rebuild.put([]);
        for (const row of rows) last.set(row.reservationId, row);
      },
      async switchOver(request) {
        const rows = [...last.values()];
        for (let at = 0; at < rows.length; at += REBUILD_ROWS_MAX)
          await rebuild.put(rows.slice(at, at + REBUILD_ROWS_MAX));
        return await rebuild.switchOver(request);
      },
    };
  }),
  inRebuild('rows of the old view stay', (rebuild, store) => ({
    ...rebuild,
    async switchOver(request) {
      await rebuild.put(await allRows(store));
      return await rebuild.switchOver(request);
    },
  })),
  inRebuild('rows are shown as soon as they are put', (rebuild, store) => ({
    ...rebuild,
    async put(rows) {
      await rebuild.put(rows);
      for (const row of rows) await showAtOnce(store, row);
    },
  })),
  inRebuild('a rebuild that was superseded claims to go on', (rebuild) => ({
    ...rebuild,
    put: (rows) => rebuild.put(rows).catch(() => undefined),
  })),
  inRebuild('a rebuild that was abandoned may still switch', (rebuild) => ({
    ...rebuild,
    abandon: () => Promise.resolve(),
  })),
  inRebuild('a projection that throws leaves its row out', (rebuild) => ({
    ...rebuild,
    switchOver: (request) =>
      rebuild.switchOver(request).catch(() => rebuild.switchOver({ ...request, after: Number.MAX_SAFE_INTEGER })),
  })),
];

/** Writes a row into the version that is shown, beside an event that nobody asked for. */
async function showAtOnce(store: ReservationStore, row: ReservationSummary): Promise<void> {
  const rebuild = await store.view.rebuild({ token: `at once ${row.reservationId}`, startedAt: 0 });
  await rebuild.put([
    row,
    ...(await allRows(store)).filter(({ reservationId }) => reservationId !== row.reservationId),
  ]);
  await rebuild.switchOver({ after: Number.MAX_SAFE_INTEGER, project: () => row, patienceMs: 1 });
}
