import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ReservationError } from '../../../errors.ts';

/** Where Linux lists the mounts of this process. */
const MOUNTS = '/proc/self/mountinfo';

/** Index of the mount point among the fields of a line of {@link MOUNTS} (proc(5)). */
const MOUNT_POINT_FIELD = 4;

/**
 * Refuses a database file that has several names (hard links): SQLite keeps -wal, -shm and the serving lock beside the
 * name by which it was opened, so that two servers could serve one file, each with a log of its own.
 * @throws {ReservationError} STORE_UNSUITABLE
 */
export function assertOneName(path: string): void {
  const { nlink } = statSync(path);
  if (nlink <= 1) return;
  throw new ReservationError(
    'STORE_UNSUITABLE',
    `${path} has ${nlink} names (hard links), and each would have a write-ahead log and a lock of its own: ` +
      'remove the other names, or serve a copy',
  );
}

/**
 * Returns a warning for a database file that is a mount of its own, such as the single file of
 * `docker run -v ./r.db:/app/r.db`: its write-ahead log is in the directory, outside of the mount, and is lost with the
 * container. Null when file and directory are on one mount.
 */
export function warningOfOwnMount(path: string, mountsFile: string = MOUNTS): string | null {
  const file = realpathSync(path);
  const directory = dirname(file);
  const isMounted = statSync(file).dev !== statSync(directory).dev || mountPoints(mountsFile).has(file);
  if (!isMounted) return null;
  return (
    `${file} is mounted as a single file: its write-ahead log ${file}-wal lies on another mount, and when that is ` +
    'lost after a crash, acknowledged reservations are lost and their idempotency keys charge again. ' +
    `Mount the directory ${directory} instead of the file`
  );
}

/** Empty on systems without such a file. */
function mountPoints(mountsFile: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(mountsFile, 'utf8');
  } catch {
    return new Set();
  }
  return new Set(
    text
      .split('\n')
      .flatMap((line) => line.split(' ')[MOUNT_POINT_FIELD] ?? [])
      .map(unescaped),
  );
}

/** Spaces and backslashes are written as octal numbers in {@link MOUNTS}. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
