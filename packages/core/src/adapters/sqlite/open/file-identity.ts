import { type BigIntStats, statSync } from 'node:fs';
import { ReservationError } from '../../../errors.ts';

/** Verifies that files are still those that were opened. */
export interface FileIdentity {
  /** @throws {ReservationError} STORE_UNAVAILABLE, naming the file that was removed or replaced. */
  assertUnchanged(): void;
}

/**
 * Remembers the identity of these files. A process keeps writing to an open file after it was removed or replaced, and
 * such commits are lost when the process ends.
 * @throws {ReservationError} STORE_UNAVAILABLE when a file does not exist.
 */
export function rememberFiles(paths: readonly string[]): FileIdentity {
  const known = paths.map((path) => ({ path, stats: statusOf(path) }));
  for (const { path, stats } of known) if (stats === undefined) throw gone(path);
  return {
    assertUnchanged() {
      for (const { path, stats } of known) {
        const now = statusOf(path);
        if (now === undefined) throw gone(path);
        if (now.ino !== stats?.ino || now.dev !== stats.dev) throw replaced(path);
      }
    },
  };
}

/** Status of a file, undefined when it does not exist. Numbers of some file systems need a bigint. */
function statusOf(path: string): BigIntStats | undefined {
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
