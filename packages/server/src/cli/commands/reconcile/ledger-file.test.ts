import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { temporaryFile } from '../../cli-fixture.ts';
import { readLedgerFile } from './ledger-file.ts';
import { LINE_BYTES_MAX } from './text-lines.ts';

const charge = { reservationId: 'RES-1', userId: 'ada', amount: 10.5, currency: 'EUR', transactionId: 'TXN-1' };

function line(user = 'ada'): string {
  const fields = { reservation_id: 'RES-1', user_id: user, amount: 10.5, currency: 'EUR', transaction_id: 'TXN-1' };
  return JSON.stringify({ result: 'charged', ...fields });
}

/** What an export of these bytes is read as; faults without the file's name. */
async function read(
  bytes: string | Buffer,
): Promise<{ readonly charges: unknown; readonly faults: readonly string[] }> {
  const path = await temporaryFile('ledger.jsonl');
  await writeFile(path, bytes);
  const { charges, faults } = await readLedgerFile(path);
  return { charges, faults: faults.map((fault) => fault.replace(`${path}: `, '')) };
}

describe('an export is read', () => {
  test.each([
    ['U+2028', 'A\u2028B'],
    ['U+2029', 'A\u2029B'],
    ['U+0085', 'A\u0085B'],
    ['a vertical tab and a form feed', 'A\v\fB'],
    ['a byte order mark', 'A\uFEFFB'],
    ['characters of four bytes', '🎫'.repeat(30_000)],
  ])('with %s in a name', async (_, userId) => {
    expect(await read(`${line(userId)}\n${line()}\n`)).toEqual({
      charges: [
        { ...charge, userId, line: 1 },
        { ...charge, line: 2 },
      ],
      faults: [],
    });
  });

  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
  ])('with lines that end in %s, blank ones among them, and a last one without', async (_, end) => {
    const { charges, faults } = await read([line(), '', ' \t', line()].join(end));
    expect([charges, faults]).toEqual([
      [
        { ...charge, line: 1 },
        { ...charge, line: 4 },
      ],
      [],
    ]);
  });

  test('with a byte order mark before it, in one piece or in many', async () => {
    expect(await read(`\uFEFF${line()}\r\n`)).toEqual({ charges: [{ ...charge, line: 1 }], faults: [] });
    expect(await read('\uFEFF')).toEqual({ charges: [], faults: [] });
    expect(await read('')).toEqual({ charges: [], faults: [] });
  });

  test('when it is larger than what is read at once, with every line at its number', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => line(`user ${n} ${'ü'.repeat(n % 97)}`));
    lines[2_500] = '{';
    const { charges, faults } = await read(lines.join('\n'));
    expect([(charges as unknown[]).length, faults]).toEqual([2_999, ['line 2501: is no JSON']]);
  });
});

describe('an export is refused, with what to do,', () => {
  const convert = (encoding: string): string =>
    `line 1: the file is ${encoding}, expected UTF-8: convert it with "iconv -f ${encoding} -t UTF-8"`;
  const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

  test.each<[string, Buffer, string]>([
    ['in UTF-16 with its mark', Buffer.from(`\uFEFF${line()}\n`, 'utf16le'), convert('UTF-16')],
    ['in UTF-16, the other way round', bigEndian(`\uFEFF${line()}\n`), convert('UTF-16')],
    ['in UTF-16 without a mark', Buffer.from(`${line()}\n`, 'utf16le'), convert('UTF-16LE')],
    ['in UTF-16 without a mark, the other way round', bigEndian(`${line()}\n`), convert('UTF-16BE')],
    ['packed', Buffer.from([0x1f, 0x8b, 8, 0, 10, 10]), 'line 1: the file is compressed with gzip: unpack it first'],
  ])('%s', async (_, bytes, fault) => {
    expect(await read(bytes)).toEqual({ charges: [], faults: [fault] });
  });

  test('when a line has bytes that are not UTF-8: it is named, and no other', async () => {
    const latin1 = Buffer.from(line('J\u00fcrgen'), 'latin1');
    const lf = Buffer.from('\n');
    const bytes = Buffer.concat([Buffer.from(line()), lf, latin1, lf, Buffer.from(line())]);
    expect(await read(bytes)).toMatchObject({ charges: [{ line: 1 }, { line: 3 }], faults: ['line 2: is not UTF-8'] });
  });

  test('when a line is too long: it is told once, and what follows is read', async () => {
    const long = 'x'.repeat(3 * LINE_BYTES_MAX);
    const fault = `line 2: is longer than ${LINE_BYTES_MAX} bytes`;
    expect(await read(`${line()}\n${long}\n${line()}`)).toMatchObject({
      charges: [{ line: 1 }, { line: 3 }],
      faults: [fault],
    });
    expect(await read(`\n${long}`)).toMatchObject({ charges: [], faults: [fault] });
  });
});
