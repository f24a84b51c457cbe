import { ONLY_SHARD, type MoveRow } from '../../sql/columns.ts';
import type { Run } from '../open/connection.ts';
import { prepare, sql } from '../prepared.ts';

/** The database's move, if it had one. */
export async function readStoreMove(run: Run): Promise<MoveRow | undefined> {
  const { rows } = await run(storeMove({}));
  return rows[0];
}

const storeMove = prepare<object, MoveRow>(() =>
  sql.selectFrom('store_moves').selectAll().where('shard', '=', ONLY_SHARD),
);
