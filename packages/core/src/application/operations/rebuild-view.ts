import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { ReservationError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import {
  REBUILD_ROWS_MAX,
  type SwitchResult,
  type ViewProjection,
  type ViewRebuild,
} from '../../ports/view-rebuild.ts';
import { endOfLog } from './end-of-log.ts';
import { assertExists } from '../commands/handle-command.ts';
import {
  REBUILD_EVENTS_FACTOR,
  REBUILD_EVENTS_MIN,
  REBUILD_LOADS_MAX,
  REBUILD_PAUSE_MAX_MS,
  SWITCH_ATTEMPTS_MAX,
  SWITCH_PATIENCE_MAX_MS,
  SWITCH_PATIENCE_MS,
} from '../payments/limits.ts';
import { foldOnto, type LoadedReservation, loadReservation, notYetCreated } from '../commands/load-reservation.ts';

/** How a view is rebuilt. */
export interface RebuildViewOptions {
  readonly runtime: Runtime;
  /** Called after each batch with the number of events that were read so far; must not throw. */
  readonly onProgress?: (events: number) => void;
}

/** A view that was rebuilt and is shown. */
export interface RebuiltView {
  /** All events up to the moment of the switch. */
  readonly events: number;
  /** Its rows at that moment. */
  readonly reservations: number;
  readonly durationMs: number;
}

/**
 * Builds the view anew from the log, beside the one that is shown, and switches to it in one transaction. Servers go
 * on meanwhile; the rows are those that they would have written, whatever the old view had.
 * @throws {ReservationError} STORE_CORRUPT names what cannot be folded, and the view stays as it was;
 * REBUILD_SUPERSEDED; STORE_UNSUITABLE says why this role or this database cannot have a new view; STORE_UNAVAILABLE: the
 * rebuild may be begun again, whether the switch took place or not.
 */
export async function rebuildView(store: ReservationStore, options: RebuildViewOptions): Promise<RebuiltView> {
  const { runtime, onProgress = () => undefined } = options;
  const startedAt = runtime.clock.now();
  const rebuild = await store.view.rebuild({ token: runtime.newUuid(), startedAt });
  try {
    const eventsMax = REBUILD_EVENTS_FACTOR * Math.max(await endOfLog(store.events), REBUILD_EVENTS_MIN);
    const counts = await catchUpAndSwitch({ store, rebuild, clock: runtime.clock, onProgress, eventsMax });
    return { ...counts, durationMs: Math.max(0, runtime.clock.now() - startedAt) };
  } catch (error) {
    // The next rebuild removes what cannot be removed now; the first fault is the one to be told.
    await rebuild.abandon().catch(() => undefined);
    throw error;
  }
}

interface Parts {
  readonly store: ReservationStore;
  readonly rebuild: ViewRebuild;
  readonly clock: Clock;
  readonly onProgress: (events: number) => void;
  /** Whoever has read so many without an end would never find one. */
  readonly eventsMax: number;
}

/** How much of the log was put; positions have no gaps, so that the last one is the number of events. */
interface Progress {
  readonly events: number;
  readonly reservations: number;
}

async function catchUpAndSwitch(deps: Parts): Promise<Progress> {
  let progress: Progress = { events: 0, reservations: 0 };
  let patienceMs = SWITCH_PATIENCE_MS;
  for (let attempt = 1; attempt <= SWITCH_ATTEMPTS_MAX; attempt += 1) {
    progress = await catchUp(deps, progress);
    const { result, shown } = await switchOver(deps.rebuild, progress, patienceMs);
    switch (result.kind) {
      case 'switched':
        return shown;
      case 'behind':
        break;
      case 'busy':
        await pause(deps.clock, patienceMs);
        patienceMs = Math.min(2 * patienceMs, SWITCH_PATIENCE_MAX_MS);
        break;
    }
  }
  throw new ReservationError(
    'STORE_UNAVAILABLE',
    `the view could not be switched in ${SWITCH_ATTEMPTS_MAX} attempts: it is in use all the time, or the log grows too fast`,
  );
}

/** Puts the rows of everything behind, page by page, until a page shows the end of the log. */
async function catchUp({ store, rebuild, clock, onProgress, eventsMax }: Parts, from: Progress): Promise<Progress> {
  let { events, reservations } = from;
  for (;;) {
    const page = await store.events.readAll({ after: events, limit: REBUILD_ROWS_MAX });
    if (page.length === 0) return { events, reservations };
    const rows = await rowsOf(store.events, page);
    const began = clock.now();
    await rebuild.put(rows);
    events += page.length;
    reservations += page.filter(({ version }) => version === 1).length;
    onProgress(events);
    if (page.length < REBUILD_ROWS_MAX) return { events, reservations };
    if (events >= eventsMax) throw growsTooFast(events);
    await pause(clock, Math.min(clock.now() - began, REBUILD_PAUSE_MAX_MS));
  }
}

async function switchOver(
  rebuild: ViewRebuild,
  { events: after, reservations }: Progress,
  patienceMs: number,
): Promise<{ readonly result: SwitchResult; readonly shown: Progress }> {
  // By stream, because a store may project twice.
  const ends = new Map<string, number>();
  const created = new Set<string>();
  const project: ViewProjection = (stream) => {
    for (const event of stream) {
      ends.set(event.stream, event.position);
      if (event.version === 1 && event.position > after) created.add(event.stream);
    }
    return rowOf(foldOnto(notYetCreated, stream), stream);
  };
  const result = await rebuild.switchOver({ after, project, patienceMs });
  return { result, shown: { events: Math.max(after, ...ends.values()), reservations: reservations + created.size } };
}

/** A row for each stream that the page touches. Only a stream that began before the page is read again. */
async function rowsOf(events: EventStore, page: readonly RecordedEvent[]): Promise<readonly ReservationSummary[]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of page) {
    const stream = streams.get(event.stream);
    if (stream === undefined) streams.set(event.stream, [event]);
    else stream.push(event);
  }
  const rows: ReservationSummary[] = [];
  const deps = [...streams.values()];
  for (let n = 0; n < deps.length; n += REBUILD_LOADS_MAX) {
    const loading = deps
      .slice(n, n + REBUILD_LOADS_MAX)
      .map(async (part) => rowOf(await foldWhole(events, part), part));
    rows.push(...(await Promise.all(loading)));
  }
  return rows;
}

async function foldWhole(events: EventStore, part: readonly RecordedEvent[]): Promise<LoadedReservation> {
  return part[0]?.version === 1 ? foldOnto(notYetCreated, part) : await loadReservation(events, idOf(part));
}

function rowOf({ state, version }: LoadedReservation, stream: readonly RecordedEvent[]): ReservationSummary {
  assertExists(state);
  return summarize(idOf(stream), state, version);
}

function idOf([event]: readonly RecordedEvent[]): ReservationId {
  const id = event === undefined ? null : parseReservationId(event.stream);
  if (id !== null) return id;
  const where = `the event at position ${event?.position}`;
  throw new ReservationError('STORE_CORRUPT', `${where} is in stream ${event?.stream}, which is no reservation's`);
}

function growsTooFast(events: number): ReservationError {
  const message = `the log grows faster than a rebuild can read it (${events} events so far): try again when fewer reservations are made`;
  return new ReservationError('STORE_UNAVAILABLE', message);
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await clock.sleep(Math.max(0, ms), new AbortController().signal);
}
