import { assert, ReservationError } from '../../../errors.ts';
import type { WorkChange } from '../../../ports/inline-writes.ts';
import type { AppendResult, ExpectedVersion } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { fromEventRows, toEventRow } from '../../sql/rows/events.ts';
import type { StreamEntry } from '../../sql/queries/log.ts';
import { toEnqueuedRow } from '../../sql/rows/work.ts';
import type { WriteStatements } from './statements.ts';
import type { WriteTransactions } from './transaction.ts';

/** Appends within the current transaction. An append that is not written leaves no row behind. */
export type AppendInTransaction = (request: EncodedAppend) => AppendResult;

/**
 * Prepares appending on a connection. An append is first written, by statements that change nothing unless it may be
 * written; only when they change nothing is the stream read to tell why.
 */
export function createAppend(
  statements: WriteStatements,
  transactions: WriteTransactions,
  meter: CommitMeter | null,
): AppendInTransaction {
  return (request) => {
    const written = tryWrite(statements, transactions, request);
    if (written !== null) {
      meter?.count('appended', request.events.length);
      return written;
    }
    const result = whyNotWritten(statements, request);
    meter?.count(result.kind === 'appended' ? 'replayed' : result.kind, 0);
    return result;
  };
}

/** Writes everything and returns the result, or nothing and returns null. */
function tryWrite(
  statements: WriteStatements,
  transactions: WriteTransactions,
  request: EncodedAppend,
): AppendResult | null {
  const { stream, commandId, events, reservation, work, key } = request;
  if (isLeaseLost(statements, work)) return null;
  if (key.kind === 'claim' && statements.claimKey.run({ ...key, stream }) === 0) return null;
  let version = request.expected === 'none' ? 0 : request.expected;
  for (const [index, event] of events.entries()) {
    version += 1;
    const row = toEventRow(event, { stream, version, position: transactions.lastPosition() + 1, commandId });
    if (index > 0) statements.insertEvent.run(row);
    else if (statements.insertFirstEvent.run({ ...row, before: version - 1 }) === 0) {
      if (key.kind === 'claim') statements.releaseKey.run({ ...key, stream });
      return null;
    }
    transactions.advance();
  }
  if (reservation !== null) statements.putReservation.run(reservation);
  changeWork(statements, work);
  // No effect when the key is bound to another stream by now.
  if (key.kind === 'release') statements.releaseKey.run({ ...key, stream });
  return { kind: 'appended', version, position: transactions.lastPosition() };
}

/** Finds why nothing was written, in the order in which a store answers: a damaged stream, a repetition, a refusal. */
function whyNotWritten(statements: WriteStatements, request: EncodedAppend): AppendResult {
  const { stream, commandId, key, work } = request;
  const entries = statements.streamEntries.all({ stream });
  assertUnbroken(stream, entries);
  const earlier = entries.findLast((entry) => entry.command_id === commandId);
  if (earlier !== undefined) return { kind: 'appended', version: earlier.version, position: earlier.position };
  const actual: ExpectedVersion = entries.length === 0 ? 'none' : entries.length;
  if (actual !== request.expected) return conflict(statements, request, actual);
  const holder = key.kind === 'claim' ? statements.keyHolder.get(key) : undefined;
  if (holder !== undefined) return { kind: 'key-taken', stream: holder.stream, fingerprint: holder.fingerprint };
  assert(isLeaseLost(statements, work), `an append to ${stream} that nothing refuses is written`);
  return { kind: 'lease-lost' };
}

function isLeaseLost(statements: WriteStatements, work: WorkChange): boolean {
  return (
    work.change === 'remove' &&
    work.onlyIfLeasedBy !== null &&
    statements.workOwner.get(work)?.owner !== work.onlyIfLeasedBy
  );
}

/** A stream has as many events as its last version says; otherwise it is damaged. */
function assertUnbroken(stream: string, entries: readonly StreamEntry[]): void {
  const last = entries.at(-1);
  if (last !== undefined && last.version !== entries.length) {
    throw new ReservationError(
      'STORE_CORRUPT',
      `stream ${stream} ends at version ${last.version} but has ${entries.length} events`,
    );
  }
}

function conflict(statements: WriteStatements, request: EncodedAppend, actual: ExpectedVersion): AppendResult {
  const { stream, expected } = request;
  const after = expected === 'none' ? 0 : expected;
  const missed = fromEventRows(statements.eventsBehind.all({ stream, after }), 'version', after);
  return { kind: 'conflict', actual, missed };
}

function changeWork(statements: WriteStatements, work: WorkChange): void {
  switch (work.change) {
    case 'keep':
      return;
    case 'enqueue': {
      const inserted = statements.insertWork.run(toEnqueuedRow(work));
      assert(inserted === 1, `work is put into the queue once: ${work.kind} ${work.id}`);
      return;
    }
    case 'release':
      statements.releaseWork.run(work);
      return;
    case 'remove':
      statements.removeWork.run(work);
      return;
  }
}
