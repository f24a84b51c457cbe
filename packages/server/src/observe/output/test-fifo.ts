import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A FIFO with a reader that stands still until it is told to read. */
export interface TestFifo {
  /** For the child: blocking, as a shell opens it. */
  readonly writer: number;
  /** Fills it, so that the next byte waits; what `read` returns begins behind that. */
  fill(): void;
  /** All that is there now. */
  read(): string;
  /** The reader ends: writing fails with EPIPE. */
  endReader(): void;
  /** Another reader comes. */
  startReader(): void;
}

/** Makes a FIFO, which is removed when the test is over. */
export function createFifo(): TestFifo {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-fifo-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const openReader = (): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let reader: number | null = openReader();
  const writer = openSync(path, constants.O_WRONLY);
  let filling = 0;
  onTestFinished(() => {
    for (const descriptor of [reader, writer]) if (descriptor !== null) closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  return {
    writer,
    fill() {
      const other = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      filling += untilEmptyOrFull(() => writeSync(other, Buffer.alloc(1)));
      closeSync(other);
    },
    read() {
      const chunks: Buffer[] = [];
      const buffer = Buffer.alloc(65_536);
      untilEmptyOrFull(() => {
        const count = readSync(reader ?? -1, buffer);
        chunks.push(Buffer.from(buffer.subarray(0, count)));
        return count;
      });
      const all = Buffer.concat(chunks);
      const rest = all.subarray(Math.min(filling, all.length));
      filling -= all.length - rest.length;
      return rest.toString();
    },
    endReader() {
      if (reader !== null) closeSync(reader);
      reader = null;
    },
    startReader() {
      reader = openReader();
    },
  };
}

/** Repeats a step that moves bytes until none can be moved; the number of all of them. */
function untilEmptyOrFull(step: () => number): number {
  for (let total = 0; ;) {
    try {
      const count = step();
      if (count === 0) return total;
      total += count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return total;
      throw error;
    }
  }
}
