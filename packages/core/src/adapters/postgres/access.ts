import { ReservationError } from '../../errors.ts';
import type { AppendResult } from '../../ports/event-store.ts';
import type { EncodedAppend } from '../sql/encoded-append.ts';
import { createBatch } from './batch.ts';
import type { Connections, Run } from './connection.ts';
import type { GroupCommit } from './group-commit.ts';

/** The ways to the database, open until it is closed. All throw ReservationErrors for the machine's faults. */
export interface Access {
  readonly run: Run;
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
 * read together waits at most `waitMaxMs` for its statement to begin.
 */
export function createAccess(connections: Connections, group: GroupCommit, waitMaxMs: number): Access {
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  async function whileOpen<Result>(work: () => Promise<Result>): Promise<Result> {
    if (closing !== null) throw new ReservationError('STORE_CLOSED', 'the PostgreSQL store is closed');
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
    await connections.end();
  }

  return {
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
