import { ONLY_SHARD, type StoreMovesTable } from '../../sql/tables.ts';
import type { Run } from '../open/connection.ts';
import { prepare, sql } from '../prepared.ts';

/** The database's move, if it had one. */
export async function readStoreMove(run: Run): Promise<StoreMovesTable | undefined> {
  const { rows } = await run(storeMove({}));
  return rows[0];
}

const storeMove = prepare<object, StoreMovesTable>(() =>
  sql.selectFrom('store_moves').selectAll().where('shard', '=', ONLY_SHARD),
);
