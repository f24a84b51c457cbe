import type Database from 'better-sqlite3';
import { type CommitterParts, createCommitter } from './committer.ts';
import { compileWriteQueries } from './queries.ts';
import { createWriter, type Writer } from './writer.ts';

/** Writes on the event loop, which stands still during each commit: for a store in memory, and for tools beside a server. */
export function createLoopWriter(database: Database.Database, parts: CommitterParts): Writer {
  const commit = createCommitter(database, compileWriteQueries(), parts);
  return createWriter(
    async (writes, waitMs) => commit(writes, waitMs),
    async () => undefined,
  );
}
