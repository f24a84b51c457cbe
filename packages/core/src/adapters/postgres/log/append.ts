import { assert, ReservationError } from '../../../errors.ts';
import type { AppendResult } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { fromEventRows } from '../../sql/rows/events.ts';
import type { Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { AppendOutcome, CommitGroup } from './group-commit.ts';
import type { LogEnd } from '../open/log-end.ts';
import { appendGroup, type Refusal, versionBefore } from './append-call.ts';

/**
 * Commits a group of appends in one statement (see ../schema/migrations/0001-append-group.ts): one round trip and one
 * transaction. Calls `note` with the last event of each committed append.
 */
export function createAppend(
  run: Run,
  lockTimeoutMs: number,
  note: (end: LogEnd) => void = () => undefined,
  meter: CommitMeter | null = null,
): CommitGroup {
  return async (group) => {
    const { rows } = await run(appendGroup(group, lockTimeoutMs)).catch(explainMissingLock);
    const answer = rows[0]?.answer;
    assert(answer !== undefined, 'the server answers for every group');
    const refusals = new Map(answer.refused?.map((refusal) => [refusal.n, refusal]));
    let position = answer.last;
    return group.map((append, index): AppendOutcome => {
      const refusal = refusals.get(index + 1);
      if (meter !== null) countOne(meter, append, refusal);
      if (refusal !== undefined) return outcomeOf(append, refusal);
      position += append.events.length;
      const last = append.events.at(-1);
      // The stored events of a repeated command may have other ids.
      if (last !== undefined) note({ position, id: last.id });
      return { kind: 'appended', version: versionBefore(append) + append.events.length, position };
    });
  };
}

function countOne(meter: CommitMeter, append: EncodedAppend, refusal: Refusal | undefined): void {
  if (refusal === undefined) return meter.count('appended', append.events.length);
  const { fate } = refusal;
  if (fate === 'work-queued' || fate === 'stream-broken') return;
  meter.count(fate === 'repeated' ? 'replayed' : fate, 0);
}

/** SQLSTATE of a missing row in PL/pgSQL: the function requires only the lock's. */
const NO_DATA_FOUND = 'P0002';

/** Explains a missing lock of appends, in which case nothing was written. */
export function explainMissingLock(error: unknown): never {
  throw sqlStateOf(error) === NO_DATA_FOUND ? hasNoLog(error) : error;
}

/** Error for a database without the lock of appends. */
export function hasNoLog(cause: unknown): ReservationError {
  const message =
    'the PostgreSQL database has no log to append to: a move into it is under way, or log_locks lost its row';
  return new ReservationError('STORE_UNSUITABLE', message, { cause });
}

function outcomeOf(append: EncodedAppend, refusal: Refusal): AppendOutcome {
  const { stream, work } = append;
  const { version, position } = refusal;
  switch (refusal.fate) {
    case 'repeated':
      return { kind: 'appended', version, position };
    case 'conflict':
      return conflict(refusal, versionBefore(append));
    case 'key-taken':
      return { kind: 'key-taken', stream: refusal.holder, fingerprint: refusal.fingerprint };
    case 'lease-lost':
      return { kind: 'lease-lost' };
    case 'work-queued':
      return new Error(
        `assertion failed: work is put into the queue once: ${work.change === 'keep' ? stream : `${work.kind} ${work.id}`}`,
      );
    case 'stream-broken':
      return new ReservationError('STORE_CORRUPT', `stream ${stream} ends at version ${version} but has fewer events`);
  }
}

function conflict({ version, missed }: Refusal, after: number): AppendResult | Error {
  try {
    return {
      kind: 'conflict',
      actual: version === 0 ? 'none' : version,
      missed: fromEventRows(missed, 'version', after),
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
