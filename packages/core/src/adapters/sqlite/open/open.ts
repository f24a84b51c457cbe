import { realpathSync } from 'node:fs';
import { checkText, checkWholeNumber } from '../../../options.ts';
import { toObserver } from '../../../ports/combine-observers.ts';
import type { Observers } from '../../../ports/observer.ts';
import { assertSchemaMode, type SchemaMode } from '../../sql/migrations.ts';
import { assertServable } from '../../sql/store-move.ts';
import { openConnection, openCurrent } from './connection.ts';
import { toFault } from '../faults.ts';
import { assertUnchanged, type KnownFile, rememberFiles } from './file-identity.ts';
import { assertOneName, warningOfOwnMount } from './file-place.ts';
import { acquireServingLock, type ServingLock } from './lock.ts';
import { migrate } from '../schema/migrate.ts';
import { endLeases } from '../work/due-work.ts';
import { readStoreMove } from '../transfer/store-move.ts';
import type { SqliteStore } from '../sqlite-store.ts';
import { createSqliteStore } from '../store.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';
import { createFileWriter, THREAD_AFTER_MS } from '../writes/file-writer.ts';
import { createLoopWriter } from '../writes/loop-writer.ts';

/** Default wait of the serving process for a write lock of a tool; short, since other writes wait behind it. The engine repeats. */
export const BUSY_TIMEOUT_SERVING_MS = 250;

/** Default wait of a tool beside the serving process. */
export const BUSY_TIMEOUT_BESIDE_MS = 5_000;

/** Longest wait. */
export const BUSY_TIMEOUT_MAX_MS = 60_000;

/** Options of {@link openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, created when missing; ":memory:" for a store without a file. */
  readonly path: string;
  /**
   * true, the default: this process serves the file, alone; every lease in it belongs to a process that has ended. false:
   * open beside the serving process, for command-line tools.
   */
  readonly exclusive?: boolean;
  /** 0 to {@link BUSY_TIMEOUT_MAX_MS}. Default {@link BUSY_TIMEOUT_SERVING_MS} or {@link BUSY_TIMEOUT_BESIDE_MS}. */
  readonly busyTimeoutMs?: number;
  /**
   * "upgrade" (the default) creates file and tables and migrates them to the schema of this code; "require" changes nothing
   * and fails with STORE_UNSUITABLE unless the schema is current.
   */
  readonly schema?: SchemaMode;
  /**
   * Called while the store is opened with warnings for an operator: the file is mounted without its directory, or is only a
   * backup of a store that was moved. Default: ignored.
   */
  readonly onWarning?: (message: string) => void;
  /** Receives `appends-committed` for each group of appends that was committed together. Default: nothing is counted. */
  readonly observer?: Observers;
}

/**
 * Opens a store over one SQLite file: WAL, synchronous FULL, one writer, many appends in one commit. Once commits hold up the
 * event loop, a thread takes them over.
 * @throws {ReservationError} INVALID_OPTION; STORE_IN_USE when the file is being served; STORE_UNSUITABLE when the
 * database is newer than this code, lacks the required schema, was moved elsewhere, or when durability is not available;
 * STORE_CORRUPT; STORE_UNAVAILABLE.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, exclusive, busyTimeoutMs, schema, onWarning } = parseOptions(options);
  const migrations = SQLITE_MIGRATIONS;
  const open = schema === 'require' ? openCurrent : openConnection;
  const database = await open(path, busyTimeoutMs, migrations);
  let lock: ServingLock | null = null;
  try {
    const isFile = !database.memory;
    if (exclusive && isFile) {
      assertOneName(path);
      lock = acquireServingLock(path);
    }
    const mountWarning = isFile ? warningOfOwnMount(path) : null;
    if (mountWarning !== null) onWarning(mountWarning);
    if (schema === 'upgrade') migrate(database, migrations);
    const move = readStoreMove(database);
    if (exclusive) {
      assertServable(path, move);
      endLeases(database);
    } else if (move?.role === 'source') {
      onWarning(`${path} was moved to ${move.other}: what is read here does not change any more`);
    }
    const files = isFile ? filesOf(path, lock) : [];
    const observer = options.observer === undefined ? null : toObserver(options.observer);
    const writer =
      exclusive && isFile
        ? createFileWriter(database, {
            path: realpathSync(path),
            busyTimeoutMs,
            files,
            observer,
            threadAfterMs: THREAD_AFTER_MS,
          })
        : createLoopWriter(database, { assertInPlace: () => assertUnchanged(files), observer });
    return createSqliteStore(database, { writer, onClosed: () => lock?.release() });
  } catch (error) {
    database.close();
    lock?.release();
    throw toFault(error, path);
  }
}

/** The files of an open database that must not be moved or replaced. */
function filesOf(path: string, lock: ServingLock | null): readonly KnownFile[] {
  const file = realpathSync(path);
  return rememberFiles([file, `${file}-wal`, ...(lock === null ? [] : [lock.path])]);
}

function parseOptions(options: SqliteStoreOptions): Required<Omit<SqliteStoreOptions, 'observer'>> {
  const { path, exclusive = true, schema = 'upgrade', onWarning = () => undefined } = options;
  const { busyTimeoutMs = exclusive ? BUSY_TIMEOUT_SERVING_MS : BUSY_TIMEOUT_BESIDE_MS } = options;
  assertPath(path);
  assertSchemaMode(schema);
  checkWholeNumber('busyTimeoutMs', busyTimeoutMs, 0, BUSY_TIMEOUT_MAX_MS);
  return { path, exclusive, busyTimeoutMs, schema, onWarning };
}

/** @throws {ReservationError} INVALID_OPTION for a text that SQLite would not treat as a file. */
export function assertPath(path: string): void {
  checkText('path', path, isPath, 'a file or ":memory:"');
}

function isPath(path: string): boolean {
  return path !== '' && path === path.trim() && !path.startsWith('file:');
}
