import { type BigIntStats, statSync } from 'node:fs';
import { ReservationError } from '../../../errors.ts';

/** Checks that files are still the ones that were opened. */
export interface FileIdentity {
  /** @throws {ReservationError} STORE_UNAVAILABLE, naming the file that was removed or replaced. */
  assertUnchanged(): void;
}

/**
 * Remembers which files these paths lead to now. A process that has a file open goes on writing to it after it was
 * removed or replaced, and what it commits then is lost as soon as it ends.
 * @throws {ReservationError} STORE_UNAVAILABLE when one of them is not there.
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

/** The status of a file, undefined when it is not there. The numbers of some file systems need a bigint. */
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
