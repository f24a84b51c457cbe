import type Database from 'better-sqlite3';
import type { MoveRow } from '../../sql/columns.ts';
import { storeMove } from '../../sql/queries/transfer.ts';
import { prepare, sql } from '../prepared.ts';

/** The database's move, if any. */
export function readStoreMove(database: Database.Database): MoveRow | undefined {
  return prepare(database, () => storeMove(sql)).get({});
}

/** Records a move, replacing an earlier one. */
export function writeStoreMove(database: Database.Database, move: MoveRow): void {
  prepare(database, (row: MoveRow) => {
    const { role, move_id, other, began_at, finished_at } = row;
    const columns = { role, move_id, other, began_at, finished_at };
    return sql
      .insertInto('store_moves')
      .values({ shard: row.shard, ...columns })
      .onConflict((conflict) => conflict.column('shard').doUpdateSet(columns));
  }).run(move);
}

/** The writes of a store at work. An append inserts events, a charge takes its lease first, a repair inserts or deletes rows. */
const WORK = [
  ['events', 'insert'],
  ['due_work', 'update'],
  ['reservations', 'insert'],
  ['reservations', 'delete'],
  ['subscriptions', 'insert'],
  ['subscriptions', 'update'],
  ['api_keys', 'insert'],
  ['api_keys', 'update'],
] as const;

/** Refuses all work on this file, also by a process that has it open. Reads continue. Refused work is STORE_UNSUITABLE (see faults.ts). */
export function refuseWork(database: Database.Database, other: string): void {
  const message = `the store was moved to ${other}`.replaceAll("'", "''");
  for (const [table, work] of WORK) {
    database.exec(
      `create trigger moved_${table}_${work} before ${work} on ${table}
       begin select raise(abort, '${message}'); end`,
    );
  }
}
