import { ReservationError } from '../../errors.ts';
import { createUnderWay } from '../../under-way.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import type { EncodedAppend } from '../sql/encoded-append.ts';
import { createBatch } from './batch.ts';
import type { Connections, Run } from './open/connection.ts';
import type { GroupCommit } from './log/group-commit.ts';

/** Access to the database until it is closed. All members throw ReservationErrors for faults of the machine. */
export interface Access {
  readonly run: Run;
  /** @throws {ReservationError} STORE_CLOSED after {@link close} was called. */
  assertOpen(): void;
  readonly transaction: Connections['transaction'];
  /** A read that shares its statement with other reads of its kind from the same turn of the event loop. */
  readTogether<Question, Answer>(
    read: (run: Run, questions: readonly Question[]) => Promise<readonly Answer[]>,
  ): (question: Question) => Promise<Answer>;
  /** Appends in a group; resolves once the commit is on disk. */
  append(append: EncodedAppend): Promise<AppendResult>;
  /** Waits for running calls, then closes the connections; later calls throw STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}

/**
 * Guards the connections and tracks running calls: a pool that is ended drops the requests that wait for it. A grouped
 * read waits at most `waitMaxMs` for its statement to begin. `beforeEnd` runs last, before the connections are closed.
 */
export function createAccess(
  connections: Connections,
  group: GroupCommit,
  { waitMaxMs, beforeEnd }: { readonly waitMaxMs: number; readonly beforeEnd: () => Promise<void> },
): Access {
  const underWay = createUnderWay();
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (closing !== null) throw new ReservationError('STORE_CLOSED', 'the PostgreSQL store is closed');
  }

  async function whileOpen<Result>(work: () => Promise<Result>): Promise<Result> {
    assertOpen();
    return await underWay.during(work);
  }

  async function closeWhenIdle(): Promise<void> {
    await underWay.idle();
    await beforeEnd();
    await connections.end();
  }

  return {
    assertOpen,
    transaction: (work) => whileOpen(() => connections.transaction(work)),
    run: (statement) => whileOpen(() => connections.run(statement)),
    readTogether(read) {
      const ask = createBatch((questions: Parameters<typeof read>[1]) => read(connections.run, questions), waitMaxMs);
      return (question) => whileOpen(() => ask(question));
    },
    append: (append) => whileOpen(() => group.submit(append)),
    close() {
      closing ??= closeWhenIdle();
      return closing;
    },
  };
}
