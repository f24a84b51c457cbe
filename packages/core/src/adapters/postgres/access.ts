import { ReservationError } from '../../errors.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import type { EncodedAppend } from '../sql/encoded-append.ts';
import { createBatch } from './batch.ts';
import type { Connections, Run } from './open/connection.ts';
import type { GroupCommit } from './log/group-commit.ts';

/** The ways to the database, open until it is closed. All throw ReservationErrors for the machine's faults. */
export interface Access {
  readonly run: Run;
  /** @throws {ReservationError} STORE_CLOSED once it was told to close. */
  assertOpen(): void;
  readonly transaction: Connections['transaction'];
  /** A read that shares its statement with others of its kind that are asked for in the same turn. */
  readTogether<Question, Answer>(
    read: (run: Run, questions: readonly Question[]) => Promise<readonly Answer[]>,
  ): (question: Question) => Promise<Answer>;
  /** Appends, together with others; resolves once the commit is on disk. */
  append(append: EncodedAppend): Promise<AppendResult>;
  /** Lets end what is under way, then closes the connections; everything after it throws STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}

/**
 * Guards the connections and counts what is under way on them: a pool that is ended forgets who waits for it. What is
 * read together waits at most `waitMaxMs` for its statement to begin. `beforeEnd` is the last to use the connections.
 */
export function createAccess(
  connections: Connections,
  group: GroupCommit,
  { waitMaxMs, beforeEnd }: { readonly waitMaxMs: number; readonly beforeEnd: () => Promise<void> },
): Access {
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
