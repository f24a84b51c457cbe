import { assert } from '../../errors.ts';
import type { WorkRelease } from '../../ports/due-work.ts';
import type { KeyChange, WorkChange } from '../../ports/inline-writes.ts';
import type { AppendRequest, AppendResult, ExpectedVersion, RecordedEvent } from '../../ports/event-store.ts';
import { assertAppendable } from '../support/arguments.ts';
import { frozenCopy } from './frozen.ts';
import { keyOf, type Tables, workKeyOf } from './tables.ts';

/**
 * Appends, or returns why not. It runs without a pause, which makes it a transaction here: everything is decided before
 * anything is written.
 */
export function append(tables: Tables, request: AppendRequest): AppendResult {
  assertAppendable(request);
  const { stream, expected, commandId } = request;
  const stored = tables.streams.get(stream) ?? [];
  const earlier = stored.findLast((event) => event.commandId === commandId);
  if (earlier !== undefined) return { kind: 'appended', version: earlier.version, position: earlier.position };
  const actual: ExpectedVersion = stored.length === 0 ? 'none' : stored.length;
  if (actual !== expected) {
    return { kind: 'conflict', actual, missed: stored.slice(expected === 'none' ? 0 : expected) };
  }
  return refusal(tables, request) ?? write(tables, request, stored);
}

function refusal(tables: Tables, { inlineWrites }: AppendRequest): AppendResult | null {
  const { key, work } = inlineWrites;
  const holder = key.kind === 'claim' ? tables.keys.get(keyOf(key)) : undefined;
  if (holder !== undefined) return { kind: 'key-taken', ...holder };
  if (work.change === 'keep') return null;
  const item = tables.work.get(workKeyOf(work));
  if (work.change === 'remove' && work.onlyIfLeasedBy !== null && work.onlyIfLeasedBy !== item?.owner) {
    return { kind: 'lease-lost' };
  }
  assert(work.change !== 'enqueue' || item === undefined, `work is put into the queue once: ${work.kind} ${work.id}`);
  return null;
}

function write(tables: Tables, request: AppendRequest, stored: readonly RecordedEvent[]): AppendResult {
  const { stream, commandId, inlineWrites } = request;
  const recorded = request.events.map((event, index) =>
    frozenCopy({
      ...event,
      stream,
      version: stored.length + index + 1,
      position: tables.log.length + index + 1,
      commandId,
    }),
  );
  tables.streams.set(stream, [...stored, ...recorded]);
  tables.log.push(...recorded);
  if (inlineWrites.summary !== null)
    tables.summaries.set(inlineWrites.summary.reservationId, frozenCopy(inlineWrites.summary));
  changeWork(tables, inlineWrites.work);
  changeKey(tables, stream, inlineWrites.key);
  return { kind: 'appended', version: stored.length + recorded.length, position: tables.log.length };
}

function changeKey(tables: Tables, stream: string, change: KeyChange): void {
  switch (change.kind) {
    case 'keep':
      return;
    case 'claim':
      tables.keys.set(keyOf(change), Object.freeze({ stream, fingerprint: change.fingerprint }));
      return;
    case 'release':
      if (tables.keys.get(keyOf(change))?.stream === stream) tables.keys.delete(keyOf(change));
      return;
  }
}

function changeWork(tables: Tables, work: WorkChange): void {
  switch (work.change) {
    case 'keep':
      return;
    case 'enqueue': {
      const { kind, id, owner, openedAt, leaseUntil } = work;
      const item = { kind, id, openedAt, attempts: 0, dueAt: leaseUntil, owner, lastOutcome: null };
      tables.work.set(workKeyOf(work), frozenCopy(item));
      return;
    }
    case 'release':
      release(tables, work);
      return;
    case 'remove':
      tables.work.delete(workKeyOf(work));
      return;
  }
}

/** Gives an item back; false, without effect, when `owner` does not hold its lease. */
export function release(tables: Tables, request: WorkRelease): boolean {
  const { owner, dueAt, lastOutcome } = request;
  const item = tables.work.get(workKeyOf(request));
  if (item === undefined || item.owner !== owner) return false;
  tables.work.set(workKeyOf(request), frozenCopy({ ...item, owner: null, dueAt, lastOutcome }));
  return true;
}
