import { closeSync, constants, openSync } from 'node:fs';

/**
 * True when standard output is a pipe whose reader has ended, which otherwise only shows when something is written. Known on
 * Linux alone; false elsewhere, and for everything that is no pipe.
 */
export function hasReaderEnded(): boolean {
  try {
    closeSync(openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK));
    return false;
  } catch (error) {
    // fifo(7): opening for writing only, without waiting, fails so when no process reads.
    return (error as NodeJS.ErrnoException).code === 'ENXIO';
  }
}
