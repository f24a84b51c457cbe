import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { Observer } from '../../../ports/observer.ts';
import { assertUnchanged, type KnownFile } from '../open/file-identity.ts';
import { createCommitter } from './committer.ts';
import type { Outcome } from './group-commit.ts';
import type { Write } from './operations.ts';
import { compileWriteQueries } from './queries.ts';
import { startThread, type WriterThread } from './writer-thread.ts';
import { createWriter, type Writer } from './writer.ts';

/** Time that commits may have held up the event loop, in all, before a thread takes them over. */
export const THREAD_AFTER_MS = 100;

/** What a writer of a file needs beside a connection. */
export interface FileWriterOptions {
  /** The database file, as an absolute path without symbolic links. */
  readonly path: string;
  /** Wait for a write lock that another process holds. */
  readonly busyTimeoutMs: number;
  /** The files of the database, which must stay the same. */
  readonly files: readonly KnownFile[];
  /** Receives an observation for each committed group of appends; null for none. */
  readonly observer: Observer | null;
  /** See {@link THREAD_AFTER_MS}. */
  readonly threadAfterMs: number;
}

/** A writer of a file, which tells where it commits. */
export interface FileWriter extends Writer {
  /** True once a thread commits, and until that thread ends. */
  isInThread(): boolean;
}

/**
 * Writes to a file: first here, on the event loop, which stands still meanwhile; from when this has taken
 * {@link THREAD_AFTER_MS} in all, in a thread with a connection of its own. A thread that ends unexpectedly leaves it unknown
 * what became of the writes under way (STORE_UNAVAILABLE); those behind them are committed here again. So are all where no
 * thread can be started.
 */
export function createFileWriter(
  database: Database.Database,
  { observer, threadAfterMs, ...options }: FileWriterOptions,
): FileWriter {
  const queries = compileWriteQueries();
  const commitHere = createCommitter(database, queries, {
    assertInPlace: () => assertUnchanged(options.files),
    observer,
  });
  let thread: WriterThread | null = null;
  let starting: Promise<void> | null = null;
  let heldUpMs = 0;

  async function start(): Promise<void> {
    thread = await startThread({ ...options, queries, observed: observer !== null }, () => {
      thread = null;
      starting = null;
      heldUpMs = 0;
    });
  }

  async function commit(writes: readonly Write[], waitMs: number): Promise<readonly Outcome[]> {
    if (thread !== null) return await commitIn(thread, writes, waitMs, observer);
    const beganAt = performance.now();
    const outcomes = commitHere(writes, waitMs);
    heldUpMs += performance.now() - beganAt;
    if (heldUpMs >= threadAfterMs) starting ??= start();
    return outcomes;
  }

  async function close(): Promise<void> {
    await starting;
    await thread?.close();
  }

  return { ...createWriter(commit, close), isInThread: () => thread !== null };
}

async function commitIn(
  thread: WriterThread,
  writes: readonly Write[],
  waitMs: number,
  observer: Observer | null,
): Promise<readonly Outcome[]> {
  try {
    const { outcomes, observations } = await thread.commit(writes, waitMs);
    for (const observation of observations) observer?.(observation);
    return outcomes;
  } catch (error) {
    if (!isNotSent(error)) throw error;
    if (writes.length === 1) return [{ kind: 'failed', error }];
    // Only the write that cannot be sent may fail.
    const outcomes: Outcome[] = [];
    for (const write of writes) outcomes.push(...(await commitIn(thread, [write], waitMs, observer)));
    return outcomes;
  }
}

/** True for a value that no message can carry, such as a function: a bug of the caller. */
function isNotSent(error: unknown): boolean {
  return error instanceof Error && error.name === 'DataCloneError';
}
