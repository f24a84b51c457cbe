import { dirname, resolve } from 'node:path';
import { IN_MEMORY, type StoreAddress } from '../config/store-address.ts';

/** What {@link volumeWarning} reads of a file system. */
export interface MountFacts {
  /** The text of /proc/self/mountinfo; null where there is none. */
  readonly mountInfo: string | null;
  /** Returns a directory with every symbolic link resolved. */
  realPath(directory: string): string;
}

/** File systems that end with the container or the machine. */
const IN_MEMORY_TYPES: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);

/**
 * Returns a warning when a SQLite file would be lost with its container: it lies in the container's own file system, or
 * in memory. Null when it is on a volume, when nothing can be lost or known, and outside of a container, where no
 * `dataVolume` is set.
 */
export function volumeWarning(
  { db, dataVolume }: { readonly db: StoreAddress; readonly dataVolume: string | null },
  { mountInfo, realPath }: MountFacts,
): string | null {
  if (dataVolume === null || mountInfo === null || db.kind !== 'sqlite' || db.path === IN_MEMORY) return null;
  const mount = mountOf(realPath(dirname(resolve(db.path))), mountInfo);
  const advice = `mount a volume at ${dataVolume}, or use PostgreSQL`;
  if (mount === null || mount.at === '/') {
    return `${db.path} lies in the container's own file system and is lost with the container: ${advice}`;
  }
  if (IN_MEMORY_TYPES.has(mount.type)) {
    return `${db.path} lies in memory (${mount.type} at ${mount.at}) and is lost when the container ends: ${advice}`;
  }
  return null;
}

interface Mount {
  readonly at: string;
  readonly type: string;
}

/** Returns the mount that holds a directory: the innermost, and of several at one place the last, which hides the others. */
function mountOf(directory: string, mountInfo: string): Mount | null {
  let found: Mount | null = null;
  for (const line of mountInfo.split('\n')) {
    const mount = parseMount(line);
    if (mount === null) continue;
    const holds = mount.at === '/' || directory === mount.at || directory.startsWith(`${mount.at}/`);
    if (holds && mount.at.length >= (found?.at.length ?? 0)) found = mount;
  }
  return found;
}

/** Reads a line as proc_pid_mountinfo(5) describes it: the mount point is the fifth field, the type follows a dash. */
function parseMount(line: string): Mount | null {
  const [before = '', after] = line.split(' - ');
  const at = before.split(' ')[4];
  const type = after?.split(' ')[0];
  if (at === undefined || type === undefined) return null;
  return {
    at: at.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    type,
  };
}
