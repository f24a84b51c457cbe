import { assert } from '../../errors.ts';

/** An element of an array of texts; numbers as their digits. */
export type ArrayValue = string | number | null;

/** The rows, all of one length, as PostgreSQL reads a two-dimensional array. */
export function toArrayOfRows(rows: readonly (readonly ArrayValue[])[]): string {
  return `{${rows.map((row) => `{${row.map(toElement).join(',')}}`).join(',')}}`;
}

function toElement(value: ArrayValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return ESCAPED_OTHERWISE.test(value) ? quote(value) : JSON.stringify(value);
}

/**
 * Contains the characters for which JSON has an escape that an array has not: control characters and surrogates. JSON
 * escapes all others as an array does, three times as fast as a replacement of each quote.
 */
const ESCAPED_OTHERWISE = /[^ -\ud7ff]/;

/** Two names that differ in half of a surrogate pair would become one name on the way to the server. */
function quote(text: string): string {
  assert(text.isWellFormed(), 'PostgreSQL can store the text');
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
