import { ReservationError } from '../../errors.ts';

/**
 * Yields the rows of `expected` while those of `found` are equal; `name` describes a row in the error.
 * @throws {ReservationError} STORE_CORRUPT at the first difference.
 */
export async function* compareRows<Row extends object>(
  expected: AsyncIterable<Row>,
  found: AsyncIterable<Row>,
  name: (row: Row) => string,
): AsyncGenerator<Row> {
  const others = createCursor(found);
  for await (const row of expected) {
    assertSame(row, await others.next(), name);
    yield row;
  }
  assertSame(null, await others.next(), name);
}

/** Rows taken one at a time. */
export interface Cursor<Row> {
  /** The next row; null after the last. */
  next(): Promise<Row | null>;
  /** The row that `next` will return. */
  peek(): Promise<Row | null>;
}

/** Creates a cursor at the first row. */
export function createCursor<Row>(rows: AsyncIterable<Row>): Cursor<Row> {
  const iterator = rows[Symbol.asyncIterator]();
  let ahead: Promise<Row | null> | null = null;
  async function read(): Promise<Row | null> {
    const { done, value } = await iterator.next();
    return done === true ? null : value;
  }
  return {
    async next() {
      const row = ahead ?? read();
      ahead = null;
      return await row;
    },
    async peek() {
      ahead ??= read();
      return await ahead;
    },
  };
}

/** Counts the rows. */
export async function countOf(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count += 1;
  return count;
}

/** Compares two rows of JSON values. @throws {ReservationError} STORE_CORRUPT when they differ or one is missing. */
export function assertSame<Row extends object>(
  expected: Row | null,
  found: Row | null,
  name: (row: Row) => string,
): void {
  if (expected === null && found === null) return;
  if (expected === null || found === null) {
    const row = expected ?? found;
    const what = expected === null ? 'has something that the source has not' : 'lacks something that the source has';
    throw corrupt(`the copy ${what}: ${row === null ? '' : name(row)}`);
  }
  const fields = Object.keys(expected) as (keyof Row)[];
  const different = fields.find((field) => !isSame(expected[field], found[field]));
  if (different === undefined) return;
  throw corrupt(`the copy differs from the source in "${String(different)}": ${name(expected)} / ${name(found)}`);
}

/** Error for a copy that differs from its source. */
export function corrupt(message: string): ReservationError {
  return new ReservationError('STORE_CORRUPT', message);
}

function isSame(expected: unknown, found: unknown): boolean {
  return expected === found || (typeof expected === 'object' && JSON.stringify(expected) === JSON.stringify(found));
}
