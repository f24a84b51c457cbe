import { ReservationError } from '../../errors.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import type { EncodedAppend } from '../sql/encoded-append.ts';
import type { Connections, Run } from './connection.ts';
import type { GroupCommit } from './group-commit.ts';

/** The two ways to the database, open until it is closed. Both throw ReservationErrors for the machine's faults. */
export interface Access {
  readonly run: Run;
  /** @throws {ReservationError} STORE_CLOSED once it was told to close. */
  assertOpen(): void;
  /** Appends, together with others; resolves once the commit is on disk. */
  append(append: EncodedAppend): Promise<AppendResult>;
  /** Lets end what is under way, then closes the connections; everything after it throws STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}

/**
 * Guards the connections and counts what is under way on them: a pool that is ended forgets who waits for it.
 * `beforeEnd` is the last to use them.
 */
export function createAccess(connections: Connections, group: GroupCommit, beforeEnd: () => Promise<void>): Access {
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (closing !== null) throw new ReservationError('STORE_CLOSED', 'the PostgreSQL store is closed');
  }

  async function whileOpen<Result>(work: () => Promise<Result>): Promise<Result> {
    assertOpen();
    const result = work();
    underWay.add(result);
    try {
      return await result;
    } finally {
      underWay.delete(result);
    }
  }

  async function closeWhenIdle(): Promise<void> {
    await Promise.allSettled(underWay);
    await beforeEnd();
    await connections.end();
  }

  return {
    assertOpen,
    run: (statement) => whileOpen(() => connections.run(statement)),
    append: (append) => whileOpen(() => group.submit(append)),
    close() {
      closing ??= closeWhenIdle();
      return closing;
    },
  };
}
