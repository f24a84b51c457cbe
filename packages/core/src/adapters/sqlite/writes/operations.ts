import type { OrphansRemoved } from '../../../ports/admin/view-repair.ts';
import type { TakenWork, WorkRelease } from '../../../ports/due-work.ts';
import type { AppendResult } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { ReservationRow } from '../../sql/columns.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import type { ApiKeyParameters } from '../../sql/queries/api-keys.ts';
import type { SubscriptionParameters, SubscriptionRows } from '../../sql/queries/subscriptions.ts';
import { differs } from '../../sql/rows/reservations.ts';
import { fromWorkRow, takenRow } from '../../sql/rows/work.ts';
import { createAppend } from './append.ts';
import type { DuePage, SubscriptionWrite, WriteStatements } from './statements.ts';
import type { WriteTransactions } from './transaction.ts';

/** A statement about a subscription. */
export interface SubscriptionChange {
  readonly query: SubscriptionWrite;
  readonly parameters: SubscriptionParameters[SubscriptionWrite];
}

/** What it did: the rows that it returned, and how many it returned or changed. */
export interface SubscriptionChanged {
  readonly rows: readonly SubscriptionRows[SubscriptionWrite][];
  readonly count: number;
}

/**
 * Everything that a store writes. Each operation runs within the current transaction. Parameters and results are plain data,
 * so that another thread can run it.
 */
export interface WriteOperations {
  append(request: EncodedAppend): AppendResult;
  takeWork(request: DuePage & { readonly owner: string; readonly leaseUntil: number }): readonly TakenWork[];
  /** False, without effect, when the owner does not hold the lease. */
  releaseWork(request: WorkRelease): boolean;
  changeSubscription(change: SubscriptionChange): SubscriptionChanged;
  /** Writes each row whose stream has this version; returns the number of rows that differed. */
  repairRows(rows: readonly ReservationRow[]): number;
  removeOrphans(page: { readonly after: string; readonly limit: number }): OrphansRemoved;
  /** The number of rows that it changed, as of the next two. */
  insertApiKey(row: ApiKeyParameters['insert']): number;
  revokeApiKey(request: ApiKeyParameters['revoke']): number;
  markApiKey(request: ApiKeyParameters['markUsed']): number;
  /** Writes a row of no meaning. */
  probe(): void;
}

/** Names an operation. */
export type WriteName = keyof WriteOperations;

/** Parameters of an operation; undefined for none. */
export type WriteParameters<Name extends WriteName> = Parameters<WriteOperations[Name]>[0];

/** Result of an operation. */
export type WriteResult<Name extends WriteName> = ReturnType<WriteOperations[Name]>;

/** An operation with its parameters. */
export interface Write<Name extends WriteName = WriteName> {
  readonly name: Name;
  readonly parameters: WriteParameters<Name>;
}

/** The operations on a connection. */
export function createWriteOperations(
  statements: WriteStatements,
  transactions: WriteTransactions,
  meter: CommitMeter | null,
): WriteOperations {
  return {
    append: createAppend(statements, transactions, meter),
    takeWork: ({ owner, leaseUntil, ...due }) =>
      statements.dueWork.all(due).map((row) => {
        const taken = takenRow(row, { owner, leaseUntil });
        statements.leaseWork.run(taken);
        return { ...fromWorkRow(taken), owner };
      }),
    releaseWork: (request) => statements.releaseWork.run(request) > 0,
    changeSubscription: (change) => changeSubscription(statements, change),
    repairRows: (rows) => rows.filter((row) => repairRow(statements, row)).length,
    removeOrphans: (page) => removeOrphans(statements, page),
    insertApiKey: (row) => statements.insertApiKey.run(row),
    revokeApiKey: (request) => statements.revokeApiKey.run(request),
    markApiKey: (request) => statements.markApiKey.run(request),
    probe: () => void statements.probe.run({}),
  };
}

/** Runs an operation by its name. */
export function runWrite(operations: WriteOperations, { name, parameters }: Write): unknown {
  return (operations[name] as (given: unknown) => unknown)(parameters);
}

/** Statements that return rows; the others tell how many they changed. */
const RETURNING: ReadonlySet<SubscriptionWrite> = new Set(['claim', 'resume', 'resumeBehind']);

function changeSubscription(
  statements: WriteStatements,
  { query, parameters }: SubscriptionChange,
): SubscriptionChanged {
  const statement = statements[query] as WriteStatements['claim'];
  const given = parameters as SubscriptionParameters['claim'];
  if (!RETURNING.has(query)) return { rows: [], count: statement.run(given) };
  const rows = statement.all(given);
  return { rows, count: rows.length };
}

function repairRow(statements: WriteStatements, row: ReservationRow): boolean {
  const id = row.reservation_id;
  if (statements.streamVersion.get({ stream: id })?.version !== row.version) return false;
  if (!differs(statements.reservation.get({ id }), row)) return false;
  statements.putReservation.run(row);
  return true;
}

function removeOrphans(
  statements: WriteStatements,
  { after, limit }: { readonly after: string; readonly limit: number },
): OrphansRemoved {
  const ids = statements.reservationIds.all({ after, limit: limit + 1 }).map((row) => row.reservation_id);
  const page = ids.slice(0, limit);
  const orphans = page.filter((id) => statements.streamVersion.get({ stream: id }) === undefined);
  for (const id of orphans) statements.removeReservation.run({ id });
  return { removed: orphans.length, next: ids.length > limit ? (page.at(-1) ?? null) : null };
}
