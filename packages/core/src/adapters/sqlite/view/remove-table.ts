import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Access } from '../access.ts';

/**
 * Rows that one transaction removes. SQLite visits every page of a table that it drops and keeps the write lock
 * meanwhile, so that a large one is emptied first, piece by piece.
 */
const ROWS_MAX = 500;

/** A table of the view's definition that nobody reads any more. */
export interface Removal {
  readonly table: string;
  /** Runs in each transaction; what it throws ends the removal. */
  readonly guard: () => void;
}

/** Removes the table, if it is there, in small transactions with pauses as long as they took. */
export async function removeTable(database: Database.Database, access: Access, removal: Removal): Promise<void> {
  for (;;) {
    const began = performance.now();
    const isGone = await access.write(() => removePiece(database, removal));
    if (isGone) return;
    await wait(performance.now() - began);
  }
}

function removePiece(database: Database.Database, { table, guard }: Removal): boolean {
  guard();
  const found = database.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(table);
  if (found === undefined) return true;
  const last = database
    .prepare(`select shard, reservation_id from ${table} order by shard, reservation_id limit 1 offset ?`)
    .raw()
    .get(ROWS_MAX - 1) as readonly unknown[] | undefined;
  if (last === undefined) {
    database.exec(`drop table ${table}`);
    return true;
  }
  database.prepare(`delete from ${table} where (shard, reservation_id) <= (?, ?)`).run(...last);
  return false;
}
