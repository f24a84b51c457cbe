import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { ReservationError } from '../../errors.ts';
import { checkWholeNumber } from '../../options.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type MoveRecord, TRANSFER_ROWS_MAX, type TransferSource } from '../../ports/admin/store-transfer.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { foldStreams } from '../commands/fold-streams.ts';
import { apiKeyPlace, checkpointPlace, eventsByStream, keyPlace, pagesOf, rowOf, workPlace } from './transfer-rows.ts';
import { type MoveCounts, type MoveEnds, verifyMove } from './verify-move.ts';

/** Progress of a move. Phase "check" compares both databases event by event. */
export interface MoveProgress {
  readonly stage: 'events' | 'reservations' | 'keys' | 'work' | 'checkpoints' | 'api-keys' | 'check';
  /** Rows so far, including those of an earlier run. */
  readonly done: number;
  /** Null when unknown. */
  readonly total: number | null;
}

/** Options of a move. */
export interface MoveOptions extends CallerOptions {
  readonly runtime: Runtime;
  /** Called synchronously after each batch; must not throw. */
  readonly onProgress?: (progress: MoveProgress) => void;
  /** Rows written in one transaction: 1 to {@link TRANSFER_ROWS_MAX}, which is the default. */
  readonly batchRows?: number;
}

/** Result of a move. */
export type MoveResult =
  /** The target can be served; the source is a backup. */
  | { readonly kind: 'moved'; readonly counts: MoveCounts }
  /** An earlier run finished the move; the target may have been served since and was not changed. */
  | { readonly kind: 'moved-before' };

/**
 * Moves a store into another database; the view is written again from the events. Run again after a fault or a kill, it
 * continues behind the last copied event. Until it finishes only the source can be served; afterwards only the target.
 * @throws {ReservationError} STORE_UNSUITABLE when the target has data of its own, or the source was moved elsewhere;
 * STORE_CORRUPT, with the place, when the source is damaged or the copy differs; then nothing is marked.
 */
export async function moveStore({ source, target }: MoveEnds, options: MoveOptions): Promise<MoveResult> {
  const { runtime, onProgress = () => undefined, batchRows = TRANSFER_ROWS_MAX } = options;
  callerOf(options);
  checkWholeNumber('batchRows', batchRows, 1, TRANSFER_ROWS_MAX);
  const start = await begin({ source, target }, runtime);
  if (start === 'moved-before') return { kind: 'moved-before' };
  const copy: Copy = { source, target, limit: batchRows, onProgress };
  await copyLog(copy, start.lastPosition);
  await copySummaries(copy);
  await copyTheRest(copy);
  const total = source.lastPosition;
  const counts = await verifyMove({ source, target }, batchRows, (done) => {
    if (done % batchRows === 0 || done === total) onProgress({ stage: 'check', done, total });
  });
  // The source is marked first: between the two marks neither can be served, so that both never are.
  const finishedAt = runtime.clock.now();
  if (source.moved === null) await source.markMoved({ ...start.move, other: target.name, finishedAt });
  await target.finish(finishedAt);
  return { kind: 'moved', counts };
}

interface Start {
  readonly move: MoveRecord;
  /** Of the last event that the target has. */
  readonly lastPosition: number;
}

async function begin({ source, target }: MoveEnds, runtime: Runtime): Promise<Start | 'moved-before'> {
  const state = await target.state();
  switch (state.kind) {
    case 'occupied':
      throw unsuitable(`${target.name} has something of its own: a store is moved into an empty database`);
    case 'finished':
      if (source.moved?.id === state.move.id) return 'moved-before';
      throw unsuitable(`${target.name} holds the store that was moved from ${state.move.other}`);
    case 'empty': {
      if (source.moved !== null) throw movedElsewhere(source, source.moved);
      const move = { id: runtime.newUuid(), other: source.name, beganAt: runtime.clock.now() };
      await target.begin(move);
      return { move, lastPosition: 0 };
    }
    case 'under-way':
      if (source.moved !== null && source.moved.id !== state.move.id) throw movedElsewhere(source, source.moved);
      await assertSameLog({ source, target }, state.lastPosition);
      await target.forgetAllButTheLog();
      return { move: state.move, lastPosition: state.lastPosition };
  }
}

/** Events never change: if the last event that arrived is the source's, so are all before it. */
async function assertSameLog({ source, target }: MoveEnds, lastPosition: number): Promise<void> {
  if (lastPosition === 0) return;
  const page = { after: lastPosition - 1, limit: 1 };
  const [arrived] = await target.log(page);
  const [original] = await source.log(page);
  if (arrived !== undefined && arrived.id === original?.id && arrived.checksum === original.checksum) return;
  throw unsuitable(`the move into ${target.name} that is not finished is of another store, or of a newer state of it`);
}

interface Copy extends MoveEnds {
  readonly limit: number;
  onProgress(progress: MoveProgress): void;
}

async function copyLog({ source, target, limit, onProgress }: Copy, from: number): Promise<void> {
  for (let after = from; ;) {
    const events = await source.log({ after, limit });
    if (events.length === 0) return;
    await target.importEvents(events);
    after += events.length;
    onProgress({ stage: 'events', done: after, total: source.lastPosition });
  }
}

async function copySummaries({ source, target, limit, onProgress }: Copy): Promise<void> {
  let done = 0;
  let batch: ReservationSummary[] = [];
  async function write(): Promise<void> {
    await target.importSummaries(batch);
    done += batch.length;
    batch = [];
    onProgress({ stage: 'reservations', done, total: null });
  }
  for await (const stream of foldStreams(eventsByStream(source, limit))) {
    const row = await rowOf(source, stream);
    if (row === null) continue;
    batch.push(row);
    if (batch.length === limit) await write();
  }
  if (batch.length > 0) await write();
}

async function copyTheRest({ source, target, limit, onProgress }: Copy): Promise<void> {
  async function copy<Row>(
    stage: MoveProgress['stage'],
    pages: AsyncIterable<readonly Row[]>,
    write: (rows: readonly Row[]) => Promise<void>,
  ): Promise<void> {
    let done = 0;
    for await (const rows of pages) {
      await write(rows);
      done += rows.length;
      onProgress({ stage, done, total: null });
    }
  }
  const { keys, work, checkpoints, apiKeys } = source;
  await copy('keys', pagesOf(keys, keyPlace, limit), target.importKeys);
  await copy('work', pagesOf(work, workPlace, limit), target.importWork);
  await copy('checkpoints', pagesOf(checkpoints, checkpointPlace, limit), target.importCheckpoints);
  await copy('api-keys', pagesOf(apiKeys, apiKeyPlace, limit), target.importApiKeys);
}

function movedElsewhere({ name }: TransferSource, { other }: MoveRecord): ReservationError {
  return unsuitable(`${name} was moved to ${other} already`);
}

function unsuitable(message: string): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', message);
}
