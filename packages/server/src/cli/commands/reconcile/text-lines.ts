import { createReadStream } from 'node:fs';

/** The longest line that is read, in bytes. */
export const LINE_BYTES_MAX: number = 1024 * 1024;

/** A line of a file: its text without the line feed, or why it cannot be read. The first line has number 1. */
export type TextLine =
  | { readonly kind: 'text'; readonly number: number; readonly text: string }
  | { readonly kind: 'fault'; readonly number: number; readonly fault: string };

const LINE_FEED = 0x0a;

/** The beginnings of files that are not UTF-8, and what to do with such a file. */
const FOREIGN: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], toUtf8('UTF-16')],
  [[0xfe, 0xff], toUtf8('UTF-16')],
  [[0x00, 0x00, 0xfe, 0xff], toUtf8('UTF-32')],
  // Without a byte order mark: every second byte of ASCII text is zero.
  [[0x7b, 0x00], toUtf8('UTF-16LE')],
  [[0x00, 0x7b], toUtf8('UTF-16BE')],
  [[0x1f, 0x8b], 'the file is compressed with gzip: unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'the file is a ZIP archive: unpack it first'],
];

function toUtf8(encoding: string): string {
  return `the file is ${encoding}, expected UTF-8: convert it with "iconv -f ${encoding} -t UTF-8"`;
}

/**
 * Reads a file of UTF-8 line by line, in bounded memory. A line ends at LF only: U+2028, U+2029 and U+0085 are text,
 * and JSON has them within strings as they are. A byte order mark before the first line is skipped; a last line needs
 * no LF. A line that is not UTF-8 or too long is a fault of that line; a file in another encoding is one fault.
 * @throws what reading the file throws.
 */
export async function* readTextLines(path: string): AsyncGenerator<TextLine> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  let isTooLong = false;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (number === 0) {
      const foreign = FOREIGN.find(([start]) => startsWith(bytes, start));
      if (foreign !== undefined) return yield { kind: 'fault', number: 1, fault: foreign[1] };
    }
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED)) {
      number += 1;
      if (!isTooLong) yield toLine(bytes.subarray(0, end), number);
      isTooLong = false;
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > LINE_BYTES_MAX) {
      if (!isTooLong) yield toLine(bytes, number + 1);
      isTooLong = true;
    }
    rest = isTooLong ? Buffer.alloc(0) : bytes;
  }
  if (rest.length > 0) yield toLine(rest, number + 1);
}

function startsWith(bytes: Buffer, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function toLine(bytes: Buffer, number: number): TextLine {
  if (bytes.length > LINE_BYTES_MAX) {
    return { kind: 'fault', number, fault: `is longer than ${LINE_BYTES_MAX} bytes` };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: 'text', number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text };
  } catch {
    return { kind: 'fault', number, fault: 'is not UTF-8' };
  }
}
