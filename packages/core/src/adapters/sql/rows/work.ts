import type { WorkChange } from '../../../ports/inline-writes.ts';
import type { WorkItem, WorkKind } from '../../../ports/due-work.ts';
import { ONLY_SHARD, type WorkRow } from '../columns.ts';

/** Reads a row of due work. A kind that only a later release knows is read as it is. */
export function fromWorkRow(row: WorkRow): WorkItem {
  return {
    kind: row.kind as WorkKind,
    id: row.id,
    openedAt: row.opened_at,
    attempts: row.attempts,
    dueAt: row.due_at,
    owner: row.owner,
    lastOutcome: row.last_outcome,
  };
}

/** The row of an item that an append adds. */
export function toEnqueuedRow(change: Extract<WorkChange, { readonly change: 'enqueue' }>): WorkRow {
  return {
    shard: ONLY_SHARD,
    kind: change.kind,
    id: change.id,
    opened_at: change.openedAt,
    attempts: 0,
    due_at: change.leaseUntil,
    owner: change.owner,
    last_outcome: null,
  };
}

/** The row as it is once `owner` has taken it until `leaseUntil`. */
export function takenRow(
  row: WorkRow,
  { owner, leaseUntil }: { readonly owner: string; readonly leaseUntil: number },
): WorkRow & { readonly owner: string } {
  return { ...row, owner, due_at: leaseUntil, attempts: row.attempts + 1 };
}
