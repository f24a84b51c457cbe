import { escapeInvisible, excerpt } from '../../domain/display-text.ts';

/** The longest text of one value in a message, in UTF-16 code units. */
const VALUE_LENGTH_MAX = 200;

/** A value for people, on one line and cut; results of an append in words. */
export function describeValue(value: unknown): string {
  const result = describeAppendResult(value);
  if (result !== null) return result;
  if (value instanceof Error) return describeError(value);
  return excerpt(toJson(value), VALUE_LENGTH_MAX);
}

/** An error by name, code and the first line of its message. */
function describeError(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return excerpt(`${error.name}${code}: ${firstLine(error.message)}`, VALUE_LENGTH_MAX);
}

/** What stands before the first line break. */
export function firstLine(text: string): string {
  return text.split('\n', 1).join('');
}

/** Null for what is no result of an append. */
function describeAppendResult(value: unknown): string | null {
  if (!isObject(value)) return null;
  const { kind, version, position, actual, missed, stream, fingerprint } = value;
  switch (kind) {
    case 'appended':
      return `accepted: the last event has version ${toJson(version)}, position ${toJson(position)}`;
    case 'conflict': {
      if (!Array.isArray(missed)) return null;
      const at = actual === 'none' ? 'the stream does not exist' : `the stream is at version ${toJson(actual)}`;
      return `not accepted, conflict: ${at}, missed events: ${missed.length}`;
    }
    case 'key-taken':
      return `not accepted, key-taken: the key belongs to ${toJson(stream)} with fingerprint ${toJson(fingerprint)}`;
    case 'lease-lost':
      return 'not accepted, lease-lost';
    default:
      return null;
  }
}

/** The first place where two values differ, with what stands there; null when no such place is found. */
export function firstDifference(found: unknown, expected: unknown, path: string = ''): string | null {
  if (Object.is(found, expected)) return null;
  if (!isObject(found) || !isObject(expected)) {
    const where = path === '' ? '' : `at ${path}: `;
    return `${where}expected ${describeValue(expected)}, found ${describeValue(found)}`;
  }
  if (Array.isArray(found) && Array.isArray(expected) && found.length !== expected.length) {
    return `${path === '' ? '' : `at ${path}: `}expected ${expected.length} elements, found ${found.length}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const step = Array.isArray(expected) ? `[${key}]` : `.${key}`;
    const difference = firstDifference(found[key], expected[key], `${path}${step}`);
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function toJson(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  try {
    // JSON leaves what breaks or reorders a line as it is.
    return escapeInvisible(JSON.stringify(value) ?? String(value));
  } catch {
    return `a value of type ${typeof value} that is no JSON`;
  }
}
