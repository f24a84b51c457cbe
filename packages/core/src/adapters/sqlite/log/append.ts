import type Database from 'better-sqlite3';
import { assert, ReservationError } from '../../../errors.ts';
import type { KeyChange, WorkChange } from '../../../ports/inline-writes.ts';
import type { AppendResult, ExpectedVersion } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { fromEventRows, toEventRow } from '../../sql/rows/events.ts';
import type { StreamEntry } from '../../sql/queries/log.ts';
import { toEnqueuedRow } from '../../sql/rows/work.ts';
import { type AppendStatements, prepareAppendStatements } from './append-statements.ts';
import type { WriteTransactions } from './transaction.ts';

/** Appends within the current transaction. Everything is decided before anything is written. */
export type AppendInTransaction = (request: EncodedAppend) => AppendResult;

/** Prepares appending on a connection. */
export function createAppend(
  database: Database.Database,
  transactions: WriteTransactions,
  meter: CommitMeter | null = null,
): AppendInTransaction {
  const statements = prepareAppendStatements(database);

  function append(request: EncodedAppend): AppendResult {
    const { stream, commandId } = request;
    const entries = statements.streamEntries.all({ stream });
    assertUnbroken(stream, entries);
    const earlier = entries.findLast((entry) => entry.command_id === commandId);
    if (earlier !== undefined) {
      meter?.count('replayed', 0);
      return { kind: 'appended', version: earlier.version, position: earlier.position };
    }
    const actual: ExpectedVersion = entries.length === 0 ? 'none' : entries.length;
    const refused =
      actual === request.expected ? claimAndCheckLease(statements, request) : conflict(statements, request, actual);
    if (refused !== null) {
      meter?.count(refused.kind, 0);
      return refused;
    }
    let version = entries.length;
    let position = 0;
    for (const event of request.events) {
      version += 1;
      position = transactions.nextPosition();
      statements.insertEvent.run(toEventRow(event, { stream, version, position, commandId }));
    }
    if (request.reservation !== null) statements.putReservation.run(request.reservation);
    changeWork(statements, request.work);
    releaseKey(statements, stream, request.key);
    meter?.count('appended', request.events.length);
    return { kind: 'appended', version, position };
  }

  return append;
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

function conflict(statements: AppendStatements, request: EncodedAppend, actual: ExpectedVersion): AppendResult {
  const { stream, expected } = request;
  const after = expected === 'none' ? 0 : expected;
  const missed = fromEventRows(statements.eventsBehind.all({ stream, after }), 'version', after);
  return { kind: 'conflict', actual, missed };
}

/** Claims the key, the only write before all checks are done; returns what refuses the append. */
function claimAndCheckLease(statements: AppendStatements, request: EncodedAppend): AppendResult | null {
  const { stream, key, work } = request;
  const leaseLost =
    work.change === 'remove' &&
    work.onlyIfLeasedBy !== null &&
    statements.workOwner.get(work)?.owner !== work.onlyIfLeasedBy;
  if (key.kind === 'claim') {
    const { scope, key: name, fingerprint } = key;
    // With the lease lost nothing may be written, so that the key is only looked up.
    const claimed = !leaseLost && statements.claimKey.run({ scope, key: name, fingerprint, stream }) > 0;
    const holder = claimed ? undefined : statements.keyHolder.get({ scope, key: name });
    if (holder !== undefined) return { kind: 'key-taken', stream: holder.stream, fingerprint: holder.fingerprint };
    assert(claimed || leaseLost, 'a key that could not be claimed has a holder');
  }
  return leaseLost ? { kind: 'lease-lost' } : null;
}

function changeWork(statements: AppendStatements, work: WorkChange): void {
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

/** Releases a key, unless it is bound to another stream by now. */
function releaseKey(statements: AppendStatements, stream: string, change: KeyChange): void {
  if (change.kind !== 'release') return;
  statements.releaseKey.run({ scope: change.scope, key: change.key, stream });
}
