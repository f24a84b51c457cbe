import { statfs } from 'node:fs/promises';
import { failed, type Finding, leftOut, messageOf, ok, warning } from './finding.ts';

const CHECK = 'database: mount';

/** Free space below which a warning is given: a write-ahead log, a checkpoint and a log of the system fit in it. */
const FREE_MIN_BYTES = 256 * 1024 * 1024;

/** Magic numbers of file systems (statfs(2)) on which SQLite's write-ahead log does not work: its index is shared memory. */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
]);

const OVERLAY = 0x794c7630;
const TMPFS = 0x01021994;

/** What {@link mountFinding} reads of statfs. */
export interface FileSystem {
  readonly type: number;
  readonly bsize: number;
  readonly bavail: number;
}

/** Checks the file system of a directory: local, kept, with space. */
export async function checkMount(directory: string): Promise<Finding> {
  try {
    return mountFinding(directory, await statfs(directory));
  } catch (error) {
    return leftOut(CHECK, messageOf(error));
  }
}

/** Returns what a file system means for a database. */
export function mountFinding(directory: string, { type, bsize, bavail }: FileSystem): Finding {
  // Some systems return it with a sign.
  const magic = type >>> 0;
  const remote = REMOTE.get(magic);
  if (remote !== undefined) {
    const remedy = 'put the file on a local disk or a block device, or use PostgreSQL';
    return failed(CHECK, `${directory} is on a network file system (${remote})`, remedy);
  }
  if (magic === OVERLAY) {
    const found = `${directory} is in the layer of a container, which ends with it`;
    return warning(CHECK, found, `mount a volume there: docker run -v reservations:${directory}`);
  }
  if (magic === TMPFS) {
    const found = `${directory} is in memory (tmpfs), which a restart of the machine empties`;
    return warning(CHECK, found, 'put the file on a disk');
  }
  const freeBytes = bsize * bavail;
  const free = `${Math.floor(freeBytes / 1024 / 1024)} MiB free`;
  if (freeBytes < FREE_MIN_BYTES) return warning(CHECK, free, 'free space, or enlarge the volume');
  return ok(CHECK, free);
}
