import { readFileSync, realpathSync } from 'node:fs';
import type { MountFacts } from './volume-warning.ts';

/** Returns the mounts that this process sees. */
export function readMountFacts(): MountFacts {
  return { mountInfo: orNull(() => readFileSync('/proc/self/mountinfo', 'utf8')), realPath };
}

/** A directory that cannot be resolved keeps its name: opening the database says what is wrong with it. */
function realPath(directory: string): string {
  return orNull(() => realpathSync(directory)) ?? directory;
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
