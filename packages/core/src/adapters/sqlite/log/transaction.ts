import type Database from 'better-sqlite3';
import type { Transactions } from './group-commit.ts';
import { prepareLastPosition } from './log-pages.ts';

/** A connection's write transactions, and the counter of positions that lives in each of them. */
export interface WriteTransactions extends Transactions {
  /** The position of the next event; gapless, because the write lock is held and a rollback takes it back. */
  nextPosition(): number;
}

/**
 * Transactions that take the write lock at once, so that none has to be repeated half-way. None begins when
 * `assertInPlace` throws.
 */
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
      // A full disk makes SQLite roll back by itself.
      if (database.inTransaction) rollback.run();
    },
    nextPosition() {
      lastPosition = (lastPosition ?? last.get({})?.position ?? 0) + 1;
      return lastPosition;
    },
  };
}
