import { assert, ReservationError } from '../../errors.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import type { EncodedAppend } from '../sql/encoded-append.ts';
import { fromEventRows, sealOf } from '../sql/event-rows.ts';
import { type EventsTable, ONLY_SHARD } from '../sql/tables.ts';
import type { Run } from './connection.ts';
import type { AppendOutcome, CommitGroup } from './group-commit.ts';
import type { Statement } from './prepared.ts';
import { storable } from './storable.ts';

/** Commits a group of appends in one statement (see append-function.ts), which is one round trip and one transaction. */
export function createAppend(run: Run, lockTimeoutMs: number): CommitGroup {
  return async (group) => {
    const { rows } = await run(appendGroup(group, lockTimeoutMs));
    return group.map((append, index) => {
      const row = rows[index];
      assert(row !== undefined, 'the server judges every append of a group');
      return outcomeOf(append, row);
    });
  };
}

const CALL = `select fate, version, "position", holder, fingerprint, missed
  from append_group($1::integer, $2::integer, $3::json, $4::json, $5::json, $6::text[])`;

/** What the server made of one append. */
interface JudgedRow {
  readonly fate: 'appended' | 'conflict' | 'key-taken' | 'lease-lost' | 'payment-queued' | 'stream-broken';
  /** Of the last event of the append, or of the stream when it was not appended. */
  readonly version: number;
  readonly position: number;
  readonly holder: string;
  readonly fingerprint: string;
  /** Set for a conflict. */
  readonly missed: readonly EventsTable[];
}

function appendGroup(group: readonly EncodedAppend[], lockTimeoutMs: number): Statement<JudgedRow> {
  const appends: unknown[] = [];
  const events: unknown[] = [];
  const reservations: unknown[] = [];
  const leased: string[] = [];
  for (const [index, append] of group.entries()) {
    const n = index + 1;
    const { stream, commandId: command_id, reservation, payment } = append;
    const expected = append.expected === 'none' ? 0 : append.expected;
    const columns = { ...claimColumns(append), ...paymentColumns(append) };
    appends.push({ n, stream, expected, command_id, event_count: append.events.length, ...columns });
    for (const [before, event] of append.events.entries()) {
      const ordinal = before + 1;
      const seal = sealOf({ ...event, shard: ONLY_SHARD, stream, version: expected + ordinal, command_id });
      events.push({ n, ordinal, ...event, seal });
    }
    if (reservation !== null) reservations.push({ ...reservation, n, message: storable(reservation.message) });
    if (payment.kind === 'remove' && payment.onlyIfLeasedBy !== null) leased.push(stream);
  }
  const json = [appends, events, reservations].map((rows) => JSON.stringify(rows));
  return { text: CALL, values: [ONLY_SHARD, lockTimeoutMs, ...json, leased] };
}

function claimColumns({ claim }: EncodedAppend): object {
  if (claim === null) return {};
  return { scope: claim.scope, idempotency_key: claim.key, fingerprint: claim.fingerprint };
}

function paymentColumns({ payment }: EncodedAppend): object {
  switch (payment.kind) {
    case 'keep':
      return {};
    case 'enqueue':
      return { payment: 'enqueue', owner: payment.owner, opened_at: payment.openedAt, due_at: payment.leaseUntil };
    case 'release': {
      const last_outcome = storable(payment.lastOutcome);
      return { payment: 'release', owner: payment.owner, due_at: payment.dueAt, last_outcome };
    }
    case 'remove':
      return payment.onlyIfLeasedBy === null
        ? { payment: 'remove' }
        : { payment: 'remove-leased', owner: payment.onlyIfLeasedBy };
  }
}

function outcomeOf(append: EncodedAppend, row: JudgedRow): AppendOutcome {
  const { stream, expected } = append;
  const { version, position } = row;
  switch (row.fate) {
    case 'appended':
      return { kind: 'appended', version, position };
    case 'conflict':
      return conflict(row, expected === 'none' ? 0 : expected);
    case 'key-taken':
      return { kind: 'key-taken', stream: row.holder, fingerprint: row.fingerprint };
    case 'lease-lost':
      return { kind: 'lease-lost' };
    case 'payment-queued':
      return new Error(`assertion failed: a payment is put into the queue once: ${stream}`);
    case 'stream-broken':
      return new ReservationError('STORE_CORRUPT', `stream ${stream} ends at version ${version} but has fewer events`);
  }
}

function conflict({ version, missed }: JudgedRow, after: number): AppendResult | Error {
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
