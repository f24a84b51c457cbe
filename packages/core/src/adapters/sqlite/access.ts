import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { ReservationError } from '../../errors.ts';
import { toFault } from './faults.ts';
import type { Writer } from './writes/writer.ts';

/** Access to a connection until it is closed. Both members throw ReservationErrors for faults of the machine. */
export interface Access {
  /** @throws {ReservationError} STORE_CLOSED after {@link close} was called. */
  assertOpen(): void;
  read<Result>(work: () => Result): Promise<Result>;
  /** Reads, and ends the turn of the event loop: between two such reads other work has its turn. */
  readInTurn<Result>(work: () => Result): Promise<Result>;
  /** Runs an operation in a transaction shared with others; resolves once the commit is on disk. */
  readonly write: Writer['write'];
  /** Waits for running calls, then closes the connection; later calls throw STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}

/** Guards a connection and a writer; `onClosed` is called when both are closed. */
export function createAccess(database: Database.Database, writer: Writer, onClosed: () => void): Access {
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (closing !== null) throw new ReservationError('STORE_CLOSED', `${database.name} is closed`);
  }

  async function closeWhenIdle(): Promise<void> {
    await writer.idle();
    // The writer's connection is the last one where it has its own: the last one checkpoints.
    database.close();
    await writer.close();
    onClosed();
  }

  function readNow<Result>(work: () => Result): Result {
    assertOpen();
    try {
      return work();
    } catch (error) {
      throw toFault(error, database.name);
    }
  }

  return {
    assertOpen,
    read: async (work) => readNow(work),
    async readInTurn(work) {
      const result = readNow(work);
      await nextTurn();
      return result;
    },
    async write(name, parameters) {
      assertOpen();
      try {
        return await writer.write(name, parameters);
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
