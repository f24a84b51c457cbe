import type Database from 'better-sqlite3';
import type { Transactions } from './commit-group.ts';
import type { WriteStatements } from './statements.ts';

/** A connection's write transactions and their counter of positions. */
export interface WriteTransactions extends Transactions {
  /** Position of the last event, those of this transaction included; exact, because the write lock is held. */
  lastPosition(): number;
  /** Counts an event that was written at the position behind the last. A rollback resets it. */
  advance(): void;
}

/** Transactions that take the write lock at once, so that none fails half-way. None begins when `assertInPlace` throws. */
export function createWriteTransactions(
  database: Database.Database,
  { lastPosition: last }: Pick<WriteStatements, 'lastPosition'>,
  assertInPlace: () => void,
): WriteTransactions {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  let lastPosition: number | null = null;

  function readLastPosition(): number {
    lastPosition ??= last.get({})?.position ?? 0;
    return lastPosition;
  }

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
    lastPosition: readLastPosition,
    advance() {
      lastPosition = readLastPosition() + 1;
    },
  };
}
