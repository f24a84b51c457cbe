import { lengthInCharacters } from '@reservations/core';
import type { ValidationType } from '../problems/validation-types.ts';

/** A number as it was written: its digits are read as money later, never as a double. */
export class JsonNumber {
  /** The number's text: `100.0`, `1e400`, `0.30000000000000004`. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** A JSON value. An object is a Map, so that no member's name can mean anything to the language. */
export type JsonValue = string | JsonNumber | boolean | null | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

/** What is wrong with a JSON text, and how many characters (Unicode code points) stand before that place. */
export interface JsonFault {
  readonly at: number;
  readonly type: Extract<ValidationType, `json_${string}`>;
  readonly message: string;
}

/** The value of a text, or the first fault in it. */
export type JsonRead =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'fault'; readonly fault: JsonFault };

/** Number of characters (Unicode code points) before a place that is given in UTF-16 code units. */
export function charactersBefore(text: string, at: number): number {
  return lengthInCharacters(text.slice(0, at));
}

/** How deeply arrays and objects may be nested. */
export const JSON_DEPTH_MAX = 32;

/**
 * How many values a text may hold, those of members and items included: a hundred times what a reservation has. What reading
 * costs beyond the bytes depends on their number, and so does what is made of them later.
 */
export const JSON_VALUES_MAX = 2_000;

/**
 * Reads a JSON text (RFC 8259), stricter and more faithful than the platform's parser: numbers keep their text,
 * a member given twice is a fault, nesting and the number of values are bounded, and a fault has its place.
 */
export function readJson(text: string): JsonRead {
  const cursor: Cursor = { text, at: 0, values: 0 };
  try {
    const value = readValue(cursor, 0);
    skipWhitespace(cursor);
    if (cursor.at < text.length) throw malformed(cursor);
    return { kind: 'value', value };
  } catch (error) {
    if (error instanceof Interruption)
      return { kind: 'fault', fault: { ...error.fault, at: charactersBefore(text, error.fault.at) } };
    throw error;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  /** Values that have begun. */
  values: number;
}

/** Leaves the recursion; never leaves this file. */
class Interruption extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.message);
    this.fault = fault;
  }
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Characters of a string that stand for themselves. */
// oxlint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const UNICODE_ESCAPE = /u[0-9a-fA-F]{4}/y;
const SHORT_ESCAPES: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (character) => character.charCodeAt(0)));
const LOWER_U = 0x75;
const BACKSLASH = 0x5c;
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function malformed(cursor: Cursor): Interruption {
  return new Interruption({ at: cursor.at, type: 'json_invalid', message: 'JSON decode error' });
}

function skipWhitespace(cursor: Cursor): void {
  WHITESPACE.lastIndex = cursor.at;
  WHITESPACE.test(cursor.text);
  cursor.at = WHITESPACE.lastIndex;
}

/** Steps over `character` if it stands here, behind whitespace. */
function accept(cursor: Cursor, character: string): boolean {
  skipWhitespace(cursor);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, character: string): void {
  if (!accept(cursor, character)) throw malformed(cursor);
}

function readValue(cursor: Cursor, depth: number): JsonValue {
  skipWhitespace(cursor);
  cursor.values += 1;
  if (cursor.values > JSON_VALUES_MAX) throw tooMany(cursor);
  const { text, at } = cursor;
  const first = text[at];
  if (first === '"') return readString(cursor);
  if (first === '[') return readArray(cursor, depth + 1);
  if (first === '{') return readObject(cursor, depth + 1);
  for (const [literal, value] of LITERALS) {
    if (text.startsWith(literal, at)) {
      cursor.at += literal.length;
      return value;
    }
  }
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(text);
  if (match === null) throw malformed(cursor);
  cursor.at = NUMBER.lastIndex;
  return new JsonNumber(match[0]);
}

function readString(cursor: Cursor): string {
  const { text, at: start } = cursor;
  cursor.at += 1;
  let escaped = false;
  for (;;) {
    PLAIN.lastIndex = cursor.at;
    PLAIN.test(text);
    cursor.at = PLAIN.lastIndex;
    if (text.charCodeAt(cursor.at) !== BACKSLASH) break;
    escaped = true;
    while (text.charCodeAt(cursor.at) === BACKSLASH) skipEscape(cursor);
  }
  if (text[cursor.at] !== '"') throw malformed(cursor);
  cursor.at += 1;
  return escaped ? (JSON.parse(text.slice(start, cursor.at)) as string) : text.slice(start + 1, cursor.at - 1);
}

/** Steps over a backslash and what belongs to it. */
function skipEscape(cursor: Cursor): void {
  const { text, at } = cursor;
  const kind = text.charCodeAt(at + 1);
  if (kind === LOWER_U) {
    UNICODE_ESCAPE.lastIndex = at + 1;
    if (!UNICODE_ESCAPE.test(text)) throw malformed(cursor);
    cursor.at = UNICODE_ESCAPE.lastIndex;
  } else if (SHORT_ESCAPES.has(kind)) cursor.at += 2;
  else throw malformed(cursor);
}

function tooMany({ at }: Cursor): Interruption {
  const message = `JSON should have at most ${JSON_VALUES_MAX} values`;
  return new Interruption({ at, type: 'json_too_many_values', message });
}

function checkDepth(cursor: Cursor, depth: number): void {
  if (depth <= JSON_DEPTH_MAX) return;
  const message = `JSON should be nested at most ${JSON_DEPTH_MAX} levels deep`;
  throw new Interruption({ at: cursor.at, type: 'json_too_deep', message });
}

function readArray(cursor: Cursor, depth: number): readonly JsonValue[] {
  checkDepth(cursor, depth);
  cursor.at += 1;
  const items: JsonValue[] = [];
  if (accept(cursor, ']')) return items;
  do {
    items.push(readValue(cursor, depth));
  } while (accept(cursor, ','));
  expect(cursor, ']');
  return items;
}

function readObject(cursor: Cursor, depth: number): ReadonlyMap<string, JsonValue> {
  checkDepth(cursor, depth);
  cursor.at += 1;
  const members = new Map<string, JsonValue>();
  if (accept(cursor, '}')) return members;
  do {
    const name = readMemberName(cursor, members);
    expect(cursor, ':');
    members.set(name, readValue(cursor, depth));
  } while (accept(cursor, ','));
  expect(cursor, '}');
  return members;
}

function readMemberName(cursor: Cursor, members: ReadonlyMap<string, JsonValue>): string {
  skipWhitespace(cursor);
  const { at } = cursor;
  if (cursor.text[at] !== '"') throw malformed(cursor);
  const name = readString(cursor);
  if (members.has(name)) {
    const message = 'JSON object should have each member only once';
    throw new Interruption({ at, type: 'json_duplicate_key', message });
  }
  if (name === '__proto__') {
    throw new Interruption({ at, type: 'json_forbidden_key', message: 'JSON object may not have a member __proto__' });
  }
  return name;
}
