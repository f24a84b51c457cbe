import { statSync } from 'node:fs';
import { ReservationError } from '../../../errors.ts';

/** A file as it was when it was remembered; plain data. */
export interface KnownFile {
  readonly path: string;
  readonly ino: bigint;
  readonly dev: bigint;
}

/**
 * Remembers the identity of these files. A process keeps writing to an open file after it was removed or replaced, and
 * such commits are lost when the process ends.
 * @throws {ReservationError} STORE_UNAVAILABLE when a file does not exist.
 */
export function rememberFiles(paths: readonly string[]): readonly KnownFile[] {
  return paths.map((path) => {
    const { ino, dev } = statusOf(path);
    return { path, ino, dev };
  });
}

/**
 * Verifies that files are still those that were remembered.
 * @throws {ReservationError} STORE_UNAVAILABLE, naming the file that was removed or replaced.
 */
export function assertUnchanged(files: readonly KnownFile[]): void {
  for (const { path, ino, dev } of files) {
    const now = statusOf(path);
    if (now.ino !== ino || now.dev !== dev) throw replaced(path);
  }
}

/** Status of a file. Numbers of some file systems need a bigint. */
function statusOf(path: string): Omit<KnownFile, 'path'> {
  const status = lookAt(path);
  if (status === undefined) throw gone(path);
  return status;
}

/** Undefined when the file does not exist. */
function lookAt(path: string): Omit<KnownFile, 'path'> | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    throw new ReservationError('STORE_UNAVAILABLE', `${path} cannot be looked at: ${String(cause)}`, { cause });
  }
}

function gone(path: string): ReservationError {
  return unusable(`${path} was removed while the database was open`);
}

function replaced(path: string): ReservationError {
  return unusable(`${path} was replaced by another file while the database was open`);
}

function unusable(what: string): ReservationError {
  const advice = 'nothing more is written: stop this process, put the files right, and start it again';
  return new ReservationError('STORE_UNAVAILABLE', `${what}; ${advice}`);
}
