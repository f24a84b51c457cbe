import { ReservationError } from '../../errors.ts';
import type { MoveRecord } from '../../ports/admin/store-transfer.ts';
import { ONLY_SHARD, type MoveRow } from './columns.ts';

/**
 * Two databases of one move must never be served both: each would charge the payments that were open.
 * @throws {ReservationError} STORE_UNSUITABLE when the store lives elsewhere now, or has not wholly arrived.
 */
export function assertServable(name: string, row: MoveRow | undefined): void {
  if (row?.role === 'source') {
    throw new ReservationError(
      'STORE_UNSUITABLE',
      `${name} was moved to ${row.other}: serve that; what is here is a backup, to be read only`,
    );
  }
  if (row?.role === 'target' && row.finished_at === null) {
    throw new ReservationError(
      'STORE_UNSUITABLE',
      `${name} is the target of a move from ${row.other} that is not finished: ` +
        'run the same migrate-store again, or drop this database and serve the source',
    );
  }
}

/** Reads the record of a move. */
export function toMoveRecord({ move_id, other, began_at }: MoveRow): MoveRecord {
  return { id: move_id, other, beganAt: began_at };
}

/** The row of a move. */
export function fromMoveRecord(
  role: 'source' | 'target',
  { id, other, beganAt }: MoveRecord,
  finishedAt: number | null,
): MoveRow {
  return { shard: ONLY_SHARD, role, move_id: id, other, began_at: beganAt, finished_at: finishedAt };
}
