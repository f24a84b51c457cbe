import type { DescriptorWriter } from './descriptor-writer.ts';

/** Text on its way to one of the process's standard streams, in order. Nothing here ever blocks or throws. */
export interface Output {
  /** Writes a text as soon as the other side takes it, then calls `settled` with null, or with the error that lost it. */
  write(text: string, settled?: (error: NodeJS.ErrnoException | null) => void): void;
  /** Bytes that wait, those under way included. */
  pendingBytes(): number;
  /** Resolves when nothing waits; never while a reader takes nothing. */
  idle(): Promise<void>;
  /** Writes what waits, as far as that is possible at once. For the moment in which the process exits. */
  writeAtExit(): void;
}

interface Piece {
  readonly text: string;
  readonly bytes: number;
  readonly settled: (error: NodeJS.ErrnoException | null) => void;
}

/** What is written at a time, unless a single text is longer. */
const CHUNK_BYTES_MAX = 64 * 1024;

const NEWLINE = 10;

/** Makes an output that writes through `writer`. A text of which only a part could be written is ended by a newline. */
export function createOutput(writer: DescriptorWriter): Output {
  const queue: Piece[] = [];
  const idleListeners: (() => void)[] = [];
  let pendingBytes = 0;
  let isWriting = false;
  let isTorn = false;

  function writeNext(): void {
    const pieces = takeChunk(queue);
    if (pieces.length === 0) {
      for (const listener of idleListeners.splice(0)) listener();
      return;
    }
    const prefix = isTorn ? '\n' : '';
    const chunk = encode(pieces, prefix);
    isWriting = true;
    writer.write(chunk, (error, written) => {
      if (written > 0) isTorn = error !== null && chunk[written - 1] !== NEWLINE;
      let end = prefix.length;
      for (const { bytes, settled } of pieces) {
        end += bytes;
        pendingBytes -= bytes;
        settled(end <= written ? null : error);
      }
      isWriting = false;
      writeNext();
    });
  }

  return {
    write(text, settled = () => undefined) {
      const bytes = Buffer.byteLength(text);
      queue.push({ text, bytes, settled });
      pendingBytes += bytes;
      if (!isWriting) writeNext();
    },
    pendingBytes: () => pendingBytes,
    idle: () =>
      isWriting
        ? new Promise((resolve) => {
            idleListeners.push(resolve);
          })
        : Promise.resolve(),
    writeAtExit() {
      if (queue.length > 0) writer.writeAtExit(encode(queue.splice(0), ''));
    },
  };
}

function takeChunk(queue: Piece[]): readonly Piece[] {
  let bytes = 0;
  let count = 0;
  for (const piece of queue) {
    bytes += piece.bytes;
    if (count > 0 && bytes > CHUNK_BYTES_MAX) break;
    count += 1;
  }
  return queue.splice(0, count);
}

function encode(pieces: readonly Piece[], prefix: string): Buffer {
  return Buffer.from(prefix + pieces.map(({ text }) => text).join(''));
}
