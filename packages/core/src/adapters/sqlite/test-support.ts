import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import type { SqliteStore } from './sqlite-store.ts';
import { createSqliteStore } from './store.ts';
import { createLoopWriter } from './writes/loop-writer.ts';

/** Builds a store that writes on the event loop, over a connection that the test opened itself. */
export function createStoreOn(database: Database.Database): SqliteStore {
  const writer = createLoopWriter(database, { assertInPlace: () => undefined, observer: null });
  return createSqliteStore(database, { writer, onClosed: () => undefined });
}

/** Directories of one test file, removed together. */
export interface TestDirectories {
  /** A path in a new directory, where there is no file yet. */
  newPath(): Promise<string>;
  remove(): Promise<void>;
}

/** Directories under the system's temporary one. */
export function createTestDirectories(): TestDirectories {
  const directories: string[] = [];
  return {
    async newPath() {
      const directory = await mkdtemp(join(tmpdir(), 'reservations-sqlite-'));
      directories.push(directory);
      return join(directory, 'store.db');
    },
    async remove() {
      for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
    },
  };
}

/** A process that runs test-child.ts. */
export interface TestChild {
  /** What it says, line by line. */
  readonly lines: AsyncIterable<string>;
  /** The next line that it says. */
  nextLine(): Promise<string>;
  /** Lets it go on when it waits for that. */
  go(): void;
  /** Kills it the hard way, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts it, as another user if `uid` is given. */
export function startTestChild(task: string, path: string, uid?: number): TestChild {
  const script = fileURLToPath(new URL('test-child.ts', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--conditions=@reservations/source', script, task, path],
    { stdio: ['pipe', 'pipe', 'inherit'], ...(uid === undefined ? {} : { uid }) },
  );
  const exited = once(child, 'exit');
  const iterator = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    lines: { [Symbol.asyncIterator]: () => iterator },
    async nextLine() {
      const { done, value } = await iterator.next();
      return done === true ? '' : value;
    },
    go() {
      child.stdin.end('go\n');
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
