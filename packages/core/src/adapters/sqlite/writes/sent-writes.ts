import type { AppendResult, ExpectedVersion } from '../../../ports/event-store.ts';
import type { KeyChange, WorkChange } from '../../../ports/inline-writes.ts';
import { RESERVATIONS, type ReservationRow } from '../../sql/columns.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import type { EncodedEvent } from '../../sql/rows/events.ts';
import type { Write } from './operations.ts';

/**
 * A write as it is sent to the thread. Appends, which are nearly all writes, are one list of values: to copy a list into
 * another thread takes less than half of the time of objects in objects.
 */
export type SentWrite = Write | readonly unknown[];

/** Prepares a write for sending. */
export function toSentWrite(write: Write): SentWrite {
  return isAppend(write) ? fromAppend(write.parameters) : write;
}

/** The write that was sent. */
export function fromSentWrite(sent: SentWrite): Write {
  return isList(sent) ? { name: 'append', parameters: toAppend(sent) } : sent;
}

function isAppend(write: Write): write is Write<'append'> {
  return write.name === 'append';
}

function isList(sent: SentWrite): sent is readonly unknown[] {
  return Array.isArray(sent);
}

const RESERVATION_COLUMNS = Object.keys(RESERVATIONS) as readonly (keyof ReservationRow)[];

/** Members of each change beside the one that names it. */
const WORK: { readonly [Change in WorkChange['change']]: readonly (keyof Extract<WorkChange, { change: Change }>)[] } =
  {
    keep: [],
    enqueue: ['kind', 'id', 'owner', 'openedAt', 'leaseUntil'],
    release: ['kind', 'id', 'owner', 'dueAt', 'lastOutcome'],
    remove: ['kind', 'id', 'onlyIfLeasedBy'],
  };

const KEY: { readonly [Kind in KeyChange['kind']]: readonly (keyof Extract<KeyChange, { kind: Kind }>)[] } = {
  keep: [],
  claim: ['scope', 'key', 'fingerprint'],
  release: ['scope', 'key'],
};

function fromAppend({ stream, expected, commandId, events, reservation, work, key }: EncodedAppend): unknown[] {
  const values: unknown[] = [stream, expected, commandId, events.length];
  for (const { id, type, schema_version, data, metadata } of events) {
    values.push(id, type, schema_version, data, metadata);
  }
  values.push(reservation !== null);
  if (reservation !== null) pushMembers(values, reservation, RESERVATION_COLUMNS);
  values.push(work.change);
  pushMembers(values, work, WORK[work.change]);
  values.push(key.kind);
  pushMembers(values, key, KEY[key.kind]);
  return values;
}

function toAppend(values: readonly unknown[]): EncodedAppend {
  let at = 0;
  const next = (): unknown => values[at++];
  const members = (names: readonly string[], given: Record<string, unknown>): unknown => {
    for (const name of names) given[name] = next();
    return given;
  };
  const [stream, expected, commandId] = [next(), next(), next()] as [string, ExpectedVersion, string];
  const events = Array.from({ length: next() as number }, () => {
    const [id, type, schema_version, data, metadata] = [next(), next(), next(), next(), next()];
    return { id, type, schema_version, data, metadata } as EncodedEvent;
  });
  const reservation = next() === true ? (members(RESERVATION_COLUMNS, {}) as ReservationRow) : null;
  const change = next() as WorkChange['change'];
  const work = members(WORK[change], { change }) as WorkChange;
  const kind = next() as KeyChange['kind'];
  return { stream, expected, commandId, events, reservation, work, key: members(KEY[kind], { kind }) as KeyChange };
}

function pushMembers(values: unknown[], from: object, names: readonly string[]): void {
  for (const name of names) values.push((from as Readonly<Record<string, unknown>>)[name]);
}

/** What an append that was written is answered with: version and position. */
export type SentAppended = readonly [version: number, position: number];

/** Prepares a result for sending; null for one that is not of an append that was written. */
export function toSentAppended(result: unknown): SentAppended | null {
  if (typeof result !== 'object' || result === null || !('kind' in result) || result.kind !== 'appended') return null;
  const { version, position } = result as Extract<AppendResult, { kind: 'appended' }>;
  return [version, position];
}

/** The result that was sent. */
export function fromSentAppended([version, position]: SentAppended): AppendResult {
  return { kind: 'appended', version, position };
}
