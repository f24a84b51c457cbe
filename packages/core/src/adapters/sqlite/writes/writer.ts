import type { Write, WriteName, WriteParameters, WriteResult } from './operations.ts';
import { type CommitGroup, createGroupCommit } from './group-commit.ts';

/** Writes to a database, many operations in one commit. */
export interface Writer {
  /**
   * Runs an operation in a transaction shared with others, in the order of calls. Resolves with its result once the commit is
   * on disk; rejects with its error, or with that of the commit.
   */
  write<Name extends WriteName>(name: Name, parameters: WriteParameters<Name>): Promise<WriteResult<Name>>;
  /** Resolves when no operation is pending. */
  idle(): Promise<void>;
  /** Ends an idle writer. */
  close(): Promise<void>;
}

/** Builds a writer of a way to commit a group; `close` ends it. */
export function createWriter(commit: CommitGroup<Write>, close: () => Promise<void>): Writer {
  const group = createGroupCommit(commit);
  return {
    write: async <Name extends WriteName>(name: Name, parameters: WriteParameters<Name>) =>
      (await group.submit({ name, parameters })) as WriteResult<Name>,
    idle: () => group.idle(),
    close,
  };
}
