import type { MoveRow } from '../../sql/columns.ts';
import type { Run } from '../open/connection.ts';
import { storeMove } from '../../sql/queries/transfer.ts';
import { prepare, sql } from '../prepared.ts';

/** The database's move, if it had one. */
export async function readStoreMove(run: Run): Promise<MoveRow | undefined> {
  const { rows } = await run(moves({}));
  return rows[0];
}

const moves = prepare(() => storeMove(sql));
