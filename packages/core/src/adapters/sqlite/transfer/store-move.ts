import type Database from 'better-sqlite3';
import type { MoveRow } from '../../sql/columns.ts';
import { storeMove } from '../../sql/queries/transfer.ts';
import { prepare, sql } from '../prepared.ts';

/** The database's move, if it had one. */
export function readStoreMove(database: Database.Database): MoveRow | undefined {
  return prepare(database, () => storeMove(sql)).get({});
}

/** Writes it down, in the place of an earlier one. */
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

/** What a store does when it works. An append always inserts events; who charges a payment has leased it before. */
const WORK = [
  ['events', 'insert'],
  ['due_work', 'update'],
  ['subscriptions', 'insert'],
  ['subscriptions', 'update'],
] as const;

/**
 * Lets nobody work on this file any more, not even a process that has it open already. Reading goes on. Refused work
 * is STORE_UNSUITABLE (see faults.ts).
 */
export function refuseWork(database: Database.Database, other: string): void {
  const message = `the store was moved to ${other}`.replaceAll("'", "''");
  for (const [table, work] of WORK) {
    database.exec(
      `create trigger moved_${table}_${work} before ${work} on ${table}
       begin select raise(abort, '${message}'); end`,
    );
  }
}
