import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { type Environment, startedProgramIn } from '../../config/environment.ts';

/** What nohup leaves behind for the program that it starts. */
export interface NohupTraces {
  /** The variable `_`: bash and zsh put the program that they start there. */
  readonly started: string;
  /** The flags of standard input: GNU nohup replaces a terminal by a descriptor that can only be written. */
  readonly inputFlags: number;
  /** The file of standard output: nohup replaces a terminal by a file called nohup.out. */
  readonly outputFile: string;
}

/**
 * Whether nohup started this process, so that SIGHUP must not end it. Node puts ignored signals back to their default
 * when it starts, so what nohup had set cannot be asked for, and only its traces are left.
 */
export function isStartedByNohup({ started, inputFlags, outputFile }: NohupTraces): boolean {
  return (
    basename(started) === 'nohup' || (inputFlags & ACCESS_MODE) === WRITE_ONLY || basename(outputFile) === 'nohup.out'
  );
}

/** Of the flags of a descriptor, as in fcntl.h of every system. */
const ACCESS_MODE = 3;
const WRITE_ONLY = 1;

/** Looks for the traces in this process; on systems without /proc only the variable can be seen. */
export function readNohupTraces(env: Environment): NohupTraces {
  const flags = orEmpty(() => /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? '');
  return {
    started: startedProgramIn(env),
    inputFlags: flags === '' ? 0 : Number.parseInt(flags, 8),
    outputFile: orEmpty(() => readlinkSync('/proc/self/fd/1')),
  };
}

function orEmpty(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
