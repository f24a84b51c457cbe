import { closeSync, constants, fstatSync, openSync, write as writeToDescriptor, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

type WriteDone = (error: NodeJS.ErrnoException | null, written: number) => void;

/** Writes to one of the process's standard streams without holding up the event loop. */
export interface DescriptorWriter {
  /**
   * Writes a chunk; `done` is called once, later: when all of it was written, or with the error that ended the attempt.
   * `written` counts the bytes that are known to be written. One chunk at a time.
   */
  write(chunk: Uint8Array, done: WriteDone): void;
  /** Writes what can be written at once, for the moment in which the process exits; never waits for a reader. */
  writeAtExit(chunk: Uint8Array): void;
}

/** Pause before a terminal that takes no more is tried again. */
const TERMINAL_RETRY_MS = 50;

/**
 * Opens a writer for standard output (1) or standard error (2).
 *
 * Node's own streams write to files and terminals synchronously: a terminal that is stopped (Ctrl-S) stops the process.
 * A write to a blocking descriptor in the thread pool never returns, and keeps the process from exiting. Therefore:
 * pipes, FIFOs and sockets go through Node's stream, which makes them non-blocking (and restores them at exit);
 * terminals are opened once more, non-blocking, apart from all other holders of the terminal; files, which have no
 * reader to wait for, are written in the thread pool.
 */
export function openDescriptorWriter(descriptor: 1 | 2): DescriptorWriter {
  if (isatty(descriptor)) return openTerminalWriter(descriptor);
  const stats = fstatSync(descriptor);
  if (stats.isFIFO() || stats.isSocket()) return createStreamWriter(descriptor);
  return createFileWriter(descriptor);
}

function createStreamWriter(descriptor: 1 | 2): DescriptorWriter {
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  // The callback of each write gets the error; without a listener the stream would throw it as well.
  stream.on('error', () => undefined);
  return {
    write: (chunk, done) =>
      void stream.write(chunk, (error) => done(error ?? null, isFailure(error) ? 0 : chunk.length)),
    writeAtExit(chunk) {
      // Behind a chunk that the other side has not taken, a line would be torn.
      if (stream.writableLength === 0) writeWhatFits(descriptor, chunk);
    },
  };
}

function isFailure(error: Error | null | undefined): boolean {
  return error !== null && error !== undefined;
}

function openTerminalWriter(descriptor: number): DescriptorWriter {
  const own = openNonBlocking(descriptor);
  return own === null ? { ...createFileWriter(descriptor), writeAtExit: () => undefined } : createTerminalWriter(own);
}

function createTerminalWriter(own: number): DescriptorWriter {
  let isFull = false;

  function writeFrom(from: number, chunk: Uint8Array, done: WriteDone): void {
    writeAll(own, chunk, from, (error, written) => {
      isFull = error?.code === 'EAGAIN';
      if (isFull) setTimeout(writeFrom, TERMINAL_RETRY_MS, written, chunk, done);
      else done(error, written);
    });
  }

  return {
    write: (chunk, done) => writeFrom(0, chunk, done),
    writeAtExit(chunk) {
      if (!isFull) writeWhatFits(own, chunk);
    },
  };
}

/** Another descriptor of the same terminal, of its own mode; null where the system has no such thing. */
function openNonBlocking(descriptor: number): number | null {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const opened = openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    if (isatty(opened)) return opened;
    closeSync(opened);
    return null;
  } catch {
    return null;
  }
}

function createFileWriter(descriptor: number): DescriptorWriter {
  return {
    write: (chunk, done) => writeAll(descriptor, chunk, 0, done),
    writeAtExit: (chunk) => writeWhatFits(descriptor, chunk),
  };
}

/** Calls `done` with how much was written until all was or an error ended it. */
function writeAll(descriptor: number, chunk: Uint8Array, written: number, done: WriteDone): void {
  writeToDescriptor(descriptor, chunk, written, chunk.length - written, null, (error, count) => {
    if (error !== null) return done(error, written);
    if (written + count >= chunk.length) return done(null, chunk.length);
    writeAll(descriptor, chunk, written + count, done);
  });
}

function writeWhatFits(descriptor: number, chunk: Uint8Array): void {
  try {
    let written = 0;
    while (written < chunk.length) written += writeSync(descriptor, chunk, written);
  } catch {
    // The process exits: there is nothing left to do with the rest, and nothing to tell it with.
  }
}
