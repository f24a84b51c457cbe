import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { checkWholeNumber } from '../../options.ts';
import { REPAIR_ROWS_MAX } from '../../ports/admin/view-repair.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { summaryOf } from '../commands/handle-command.ts';
import { loadStream } from '../commands/load-stream.ts';

/** Number of streams that a repair loads at a time: a store may answer concurrent reads with one statement. */
export const REPAIR_LOADS_MAX = 100;

/** Longest pause after a batch; a pause is as long as the batch took, so that servers are not slowed down by more than half. */
export const REPAIR_PAUSE_MAX_MS = 100;

/** Options of {@link repairView}. */
export interface RepairViewOptions extends CallerOptions {
  readonly runtime: Runtime;
  /** Continues behind this position, which an earlier run reported. Default 0: the whole log. */
  readonly after?: number;
  /** Called after each batch; must not throw. */
  readonly onProgress?: (progress: RepairProgress) => void;
}

/** Progress of a repair. */
export interface RepairProgress {
  /** The streams that begin up to this position are repaired; a later run may continue behind it. */
  readonly position: number;
  /** Number of these streams, without those of earlier runs. */
  readonly reservations: number;
  /** Number of the streams with events of a later release, also without earlier runs: their rows were left as they are. */
  readonly newer: number;
}

/** Result of a repair. */
export interface RepairedView extends RepairProgress {
  /** Rows that differed from the folded stream and were written. */
  readonly written: number;
  /** Rows without a stream, which were removed. */
  readonly removed: number;
  readonly durationMs: number;
}

/**
 * Corrects the view in place: folds every stream, writes the rows that differ, and removes the rows without a stream. Each
 * append writes the whole row of its stream, so that streams that change during the repair need none. Streams with events of
 * a later release are left out. Can be interrupted, run again, or continued behind the last reported position.
 * @throws {ReservationError} INVALID_OPTION; STORE_CORRUPT names the event that cannot be folded, with the rows before it
 * repaired; STORE_UNAVAILABLE; STORE_UNSUITABLE.
 */
export async function repairView(store: ReservationStore, options: RepairViewOptions): Promise<RepairedView> {
  const { clock } = options.runtime;
  const { after = 0, onProgress = () => undefined } = options;
  callerOf(options);
  checkWholeNumber('after', after, 0);
  const startedAt = clock.now();
  const end = await store.events.lastPosition();
  let progress: RepairProgress = { position: after, reservations: 0, newer: 0 };
  let written = 0;
  while (progress.position < end) {
    const began = clock.now();
    const page = await store.events.readAll({ after: progress.position, limit: REPAIR_ROWS_MAX });
    const last = page.at(-1);
    if (last === undefined) break;
    const { rows, newer } = await foldStreams(store.events, page);
    if (rows.length > 0) written += await store.repair.put(rows);
    progress = {
      position: last.position,
      reservations: progress.reservations + rows.length,
      newer: progress.newer + newer,
    };
    onProgress(progress);
    if (last.position < end) await pauseSince(began, clock);
  }
  const removed = await removeOrphans(store, clock);
  return { ...progress, written, removed, durationMs: clock.now() - startedAt };
}

interface FoldedPage {
  readonly rows: readonly ReservationSummary[];
  readonly newer: number;
}

/** The rows of the streams that begin in the page. */
async function foldStreams(events: EventStore, page: readonly RecordedEvent[]): Promise<FoldedPage> {
  const firsts = page.filter(({ version }) => version === 1);
  const rows: ReservationSummary[] = [];
  for (let n = 0; n < firsts.length; n += REPAIR_LOADS_MAX) {
    const loading = firsts.slice(n, n + REPAIR_LOADS_MAX).map((first) => foldStream(events, first));
    for (const row of await Promise.all(loading)) if (row !== null) rows.push(row);
  }
  return { rows, newer: firsts.length - rows.length };
}

/** Null when the stream has events of a later release. */
async function foldStream(events: EventStore, first: RecordedEvent): Promise<ReservationSummary | null> {
  const stream = await loadStream(events, first);
  if (stream.kind === 'newer') return null;
  return summaryOf(stream.id, stream.loaded);
}

async function removeOrphans({ repair }: ReservationStore, clock: Clock): Promise<number> {
  let removed = 0;
  for (let after: string | null = null; ;) {
    const began = clock.now();
    const page = await repair.removeOrphans({ after, limit: REPAIR_ROWS_MAX });
    removed += page.removed;
    if (page.next === null) return removed;
    after = page.next;
    await pauseSince(began, clock);
  }
}

/** Pauses for as long as the batch took. */
async function pauseSince(began: number, clock: Clock): Promise<void> {
  const ms = Math.min(clock.now() - began, REPAIR_PAUSE_MAX_MS);
  if (ms > 0) await clock.sleep(ms, new AbortController().signal);
}
