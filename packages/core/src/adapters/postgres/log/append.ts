import { assert, ReservationError } from '../../../errors.ts';
import type { WorkName } from '../../../ports/due-work.ts';
import type { AppendResult } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { fromEventRows, sealOf } from '../../sql/rows/events.ts';
import { type EventRow, ONLY_SHARD } from '../../sql/columns.ts';
import type { Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { AppendOutcome, CommitGroup } from './group-commit.ts';
import type { LogEnd } from '../open/log-end.ts';
import type { Statement } from '../prepared.ts';

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
    const judgements = rows[0]?.judgements ?? [];
    return group.map((append, index) => {
      const judgement = judgements[index];
      assert(judgement !== undefined, 'the server judges every append of a group');
      const last = append.events.at(-1);
      // The stored events of a repeated command may have other ids.
      if (judgement.fate === 'appended' && last !== undefined) note({ position: judgement.position, id: last.id });
      if (meter !== null) countOne(meter, append, judgement);
      return outcomeOf(append, judgement);
    });
  };
}

function countOne(meter: CommitMeter, append: EncodedAppend, { fate }: Judgement): void {
  if (fate === 'work-queued' || fate === 'stream-broken') return;
  meter.count(fate === 'repeated' ? 'replayed' : fate, fate === 'appended' ? append.events.length : 0);
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

const CALL =
  'select append_group($1::integer, $2::integer, $3::json, $4::json, $5::json, $6::text[], $7::text[]) as judgements';

/** The server's result of one append. */
interface Judgement {
  readonly fate: 'appended' | 'repeated' | 'conflict' | 'key-taken' | 'lease-lost' | 'work-queued' | 'stream-broken';
  /** Of the last event of the append, or of the stream when it was not appended. */
  readonly version: number;
  readonly position: number;
  readonly holder: string;
  readonly fingerprint: string;
  /** Set for a conflict. */
  readonly missed: readonly EventRow[];
}

function appendGroup(
  group: readonly EncodedAppend[],
  lockTimeoutMs: number,
): Statement<{ readonly judgements: readonly Judgement[] }> {
  const appends = JSON.stringify(group.map(toAppendColumns));
  const events = JSON.stringify(group.flatMap(toEventColumns));
  const reservations = JSON.stringify(group.flatMap(toReservationColumns));
  const leased = group.flatMap(leasedWork);
  return {
    text: CALL,
    values: [
      ONLY_SHARD,
      lockTimeoutMs,
      appends,
      events,
      reservations,
      leased.map(({ kind }) => kind),
      leased.map(({ id }) => id),
    ],
  };
}

function toAppendColumns(append: EncodedAppend, n: number): object {
  const { stream, commandId: command_id, events } = append;
  const columns = { n, stream, expected: versionBefore(append), command_id, event_count: events.length };
  return { ...columns, ...keyColumns(append), ...workColumns(append) };
}

function toEventColumns(append: EncodedAppend, n: number): readonly object[] {
  const { stream, commandId: command_id } = append;
  return append.events.map((event, before) => {
    const ordinal = before + 1;
    const version = versionBefore(append) + ordinal;
    const seal = sealOf({ ...event, shard: ONLY_SHARD, stream, version, command_id });
    return { n, ordinal, ...event, seal };
  });
}

function toReservationColumns({ reservation }: EncodedAppend, n: number): readonly object[] {
  return reservation === null ? [] : [{ n, ...reservation }];
}

/** The version that the stream must have. */
function versionBefore({ expected }: EncodedAppend): number {
  return expected === 'none' ? 0 : expected;
}

function leasedWork({ work }: EncodedAppend): readonly WorkName[] {
  return work.change === 'remove' && work.onlyIfLeasedBy !== null ? [work] : [];
}

function keyColumns({ key }: EncodedAppend): object {
  switch (key.kind) {
    case 'keep':
      return {};
    case 'claim':
      return { scope: key.scope, idempotency_key: key.key, fingerprint: key.fingerprint };
    case 'release':
      return { scope: key.scope, idempotency_key: key.key, releases_key: true };
  }
}

function workColumns({ work }: EncodedAppend): object {
  if (work.change === 'keep') return {};
  const name = { work: work.change, work_kind: work.kind, work_id: work.id };
  switch (work.change) {
    case 'enqueue':
      return { ...name, owner: work.owner, opened_at: work.openedAt, due_at: work.leaseUntil };
    case 'release':
      return { ...name, owner: work.owner, due_at: work.dueAt, last_outcome: work.lastOutcome };
    case 'remove':
      return work.onlyIfLeasedBy === null ? name : { ...name, work: 'remove-leased', owner: work.onlyIfLeasedBy };
  }
}

function outcomeOf(append: EncodedAppend, judgement: Judgement): AppendOutcome {
  const { stream, work } = append;
  const { version, position } = judgement;
  switch (judgement.fate) {
    case 'appended':
    case 'repeated':
      return { kind: 'appended', version, position };
    case 'conflict':
      return conflict(judgement, versionBefore(append));
    case 'key-taken':
      return { kind: 'key-taken', stream: judgement.holder, fingerprint: judgement.fingerprint };
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

function conflict({ version, missed }: Judgement, after: number): AppendResult | Error {
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
