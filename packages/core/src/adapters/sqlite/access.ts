import type Database from 'better-sqlite3';
import { ReservationError } from '../../errors.ts';
import type { CommitMeter } from '../support/commit-meter.ts';
import { toFault } from './faults.ts';
import { createGroupCommit, type Transactions } from './log/group-commit.ts';

/** Access to a connection until it is closed. Both members throw ReservationErrors for faults of the machine. */
export interface Access {
  /** @throws {ReservationError} STORE_CLOSED after {@link close} was called. */
  assertOpen(): void;
  read<Result>(work: () => Result): Promise<Result>;
  /** Runs `work` in a transaction shared with other writes; resolves once the commit is on disk. */
  write<Result>(work: () => Result): Promise<Result>;
  /** Waits for running calls, then closes the connection; later calls throw STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}

/** Guards a connection; `onClosed` is called when it is closed. */
export function createAccess(
  database: Database.Database,
  transactions: Transactions,
  onClosed: () => void,
  meter: CommitMeter | null = null,
): Access {
  const group = createGroupCommit(transactions, meter);
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (closing !== null) throw new ReservationError('STORE_CLOSED', `${database.name} is closed`);
  }

  async function closeWhenIdle(): Promise<void> {
    await group.idle();
    database.close();
    onClosed();
  }

  return {
    assertOpen,
    async read(work) {
      assertOpen();
      try {
        return work();
      } catch (error) {
        throw toFault(error, database.name);
      }
    },
    async write(work) {
      assertOpen();
      try {
        return await group.submit(work);
      } catch (error) {
        throw toFault(error, database.name);
      }
    },
    close() {
      closing ??= closeWhenIdle();
      return closing;
    },
  };
}
