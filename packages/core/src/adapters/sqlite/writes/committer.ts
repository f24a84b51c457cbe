import type Database from 'better-sqlite3';
import type { Observer } from '../../../ports/observer.ts';
import { createCommitMeter } from '../../support/commit-meter.ts';
import { commitGroup } from './commit-group.ts';
import type { Outcome } from './group-commit.ts';
import { createWriteOperations, runWrite, type Write } from './operations.ts';
import { prepareWriteStatements, type WriteQueries } from './statements.ts';
import { createWriteTransactions } from './transaction.ts';

/** What committing needs beside the connection. */
export interface CommitterParts {
  /** Called before each transaction. @throws {ReservationError} when the database's files were moved or replaced. */
  readonly assertInPlace: () => void;
  /** Receives an observation for each committed group of appends; null for none. */
  readonly observer: Observer | null;
}

/** Commits writes on a connection, at once. */
export function createCommitter(
  database: Database.Database,
  queries: WriteQueries,
  { assertInPlace, observer }: CommitterParts,
): (writes: readonly Write[], waitMs: number) => readonly Outcome[] {
  const statements = prepareWriteStatements(database, queries);
  const transactions = createWriteTransactions(database, statements, assertInPlace);
  const meter = observer === null ? null : createCommitMeter(observer);
  const operations = createWriteOperations(statements, transactions, meter);
  return (writes, waitMs) =>
    commitGroup(
      transactions,
      writes.map((write) => () => runWrite(operations, write)),
      meter,
      waitMs,
    );
}
