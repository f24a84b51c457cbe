import { type EventRow, ONLY_SHARD } from '../../sql/columns.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { sealOf } from '../../sql/rows/events.ts';
import { type ArrayValue, toArrayOfRows } from '../array-literal.ts';
import type { Statement } from '../prepared.ts';

/** The server's result for a group of appends. */
export interface GroupAnswer {
  /** Position of the last event before the group. */
  readonly last: number;
  /** The appends that were not written; null for none. */
  readonly refused: readonly Refusal[] | null;
}

/** Why an append was not written. */
export interface Refusal {
  /** Its number in the group, from 1. */
  readonly n: number;
  readonly fate: 'repeated' | 'conflict' | 'key-taken' | 'lease-lost' | 'work-queued' | 'stream-broken';
  /** Of the last event of the repeated append, or of the stream. */
  readonly version: number;
  /** Of the last event of the repeated append. */
  readonly position: number;
  readonly holder: string;
  readonly fingerprint: string;
  /** Set for a conflict. */
  readonly missed: readonly EventRow[];
}

/** Without casts, which the server would parse in every call: the function has one signature. */
const CALL = 'select append_group($1, $2, $3, $4, $5) as answer';

/** The one call that commits a group (see ../schema/migrations/0001-append-group.ts). */
export function appendGroup(
  group: readonly EncodedAppend[],
  lockTimeoutMs: number,
): Statement<{ readonly answer: GroupAnswer }> {
  const appends = toArrayOfRows(group.map(appendColumns));
  const events = toArrayOfRows(group.flatMap(eventRows));
  return { text: CALL, values: [ONLY_SHARD, lockTimeoutMs, group.some(needsLease), appends, events] };
}

/** The version that the stream must have. */
export function versionBefore({ expected }: EncodedAppend): number {
  return expected === 'none' ? 0 : expected;
}

function needsLease({ work }: EncodedAppend): boolean {
  return work.change === 'remove' && work.onlyIfLeasedBy !== null;
}

function appendColumns(append: EncodedAppend): readonly ArrayValue[] {
  const { stream, commandId } = append;
  return [
    stream,
    versionBefore(append),
    commandId,
    ...keyColumns(append),
    ...workColumns(append),
    ...reservationColumns(append),
  ];
}

function keyColumns({ key }: EncodedAppend): readonly ArrayValue[] {
  switch (key.kind) {
    case 'keep':
      return [null, null, null];
    case 'claim':
      return [key.scope, key.key, key.fingerprint];
    case 'release':
      return [key.scope, key.key, null];
  }
}

function workColumns({ work }: EncodedAppend): readonly ArrayValue[] {
  switch (work.change) {
    case 'keep':
      return [null, null, null, null, null, null, null];
    case 'enqueue':
      return ['enqueue', work.kind, work.id, work.owner, work.openedAt, work.leaseUntil, null];
    case 'release':
      return ['release', work.kind, work.id, work.owner, null, work.dueAt, work.lastOutcome];
    case 'remove': {
      const change = work.onlyIfLeasedBy === null ? 'remove' : 'remove-leased';
      return [change, work.kind, work.id, work.onlyIfLeasedBy, null, null, null];
    }
  }
}

function reservationColumns({ reservation }: EncodedAppend): readonly ArrayValue[] {
  if (reservation === null) return [null, null, null, null, null, null, null, null];
  const { reservation_id, version, user_id, stage, transaction_id, caller, reference, summary } = reservation;
  return [reservation_id, version, user_id, stage, transaction_id, caller, reference, summary];
}

function eventRows(append: EncodedAppend, index: number): readonly (readonly ArrayValue[])[] {
  const { stream, commandId: command_id } = append;
  return append.events.map((event, before) => {
    const version = versionBefore(append) + before + 1;
    const seal = sealOf({ ...event, shard: ONLY_SHARD, stream, version, command_id });
    return [index + 1, version, event.id, event.type, event.schema_version, event.data, event.metadata, seal];
  });
}
