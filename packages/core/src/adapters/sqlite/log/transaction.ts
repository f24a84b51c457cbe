import type Database from 'better-sqlite3';
import type { Transactions } from './group-commit.ts';
import { prepareLastPosition } from './log-pages.ts';

/** A connection's write transactions and their counter of positions. */
export interface WriteTransactions extends Transactions {
  /** Position of the next event; gapless, because the write lock is held and a rollback resets it. */
  nextPosition(): number;
}

/** Transactions that take the write lock at once, so that none fails half-way. None begins when `assertInPlace` throws. */
export function createWriteTransactions(
  database: Database.Database,
  assertInPlace: () => void = () => undefined,
): WriteTransactions {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const last = prepareLastPosition(database);
  let lastPosition: number | null = null;
  return {
    begin() {
      lastPosition = null;
      assertInPlace();
      begin.run();
    },
    commit() {
      commit.run();
    },
    rollback() {
      // SQLite rolls back by itself when the disk is full.
      if (database.inTransaction) rollback.run();
    },
    nextPosition() {
      lastPosition = (lastPosition ?? last.get({})?.position ?? 0) + 1;
      return lastPosition;
    },
  };
}
