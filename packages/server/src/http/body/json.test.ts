import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, JsonNumber, type JsonRead, type JsonValue, readJson } from './json.ts';

const SEED = 20_260_101;

/** The value as the platform's parser would give it. */
function toPlain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.source);
  if (Array.isArray(value)) return value.map((item: JsonValue) => toPlain(item));
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [name, toPlain(item)]));
  return value;
}

function fault(at: number, type = 'json_invalid', message = 'JSON decode error'): JsonRead {
  return { kind: 'fault', fault: { at, type, message } } as JsonRead;
}

describe('reading JSON', () => {
  test('numbers keep their text to the last digit', () => {
    const sources = ['0', '-0', '100.0', '1e400', '0.30000000000000004', '1E-2', '123456789012345678901234567890'];
    expect(readJson(`[${sources.join(',')}]`)).toEqual({
      kind: 'value',
      value: sources.map((source) => new JsonNumber(source)),
    });
  });

  test('a text that any JSON writer makes is read as the platform reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: JSON_DEPTH_MAX - 1, noUnicodeString: false }), (text) => {
        fc.pre(!text.includes('__proto__'));
        const read = readJson(text);
        expect(read.kind === 'value' ? toPlain(read.value) : read).toEqual(JSON.parse(text));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('a damaged text is refused exactly when the platform refuses it', () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '0', '-', '.', 'e', ' ', '\n'),
      )
      .map(([text, at, insert]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + insert + text.slice(insert === '' ? place + 1 : place);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const read = readJson(text);
        // Refused although the platform takes it: what is stricter here.
        fc.pre(read.kind === 'value' || read.fault.type === 'json_invalid');
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        expect([text, read.kind === 'value']).toEqual([text, accepted]);
      }),
      { seed: SEED, numRuns: 5_000 },
    );
  });

  test.each<[string, number]>([
    ['', 0],
    [' ', 1],
    ['{', 1],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['01', 1],
    ['1.', 1],
    ['.5', 0],
    ['+1', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['-Infinity', 0],
    ['nul', 0],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"\\u12"', 1],
    ['{} x', 3],
    ['undefined', 0],
  ])('%j is malformed at character %i', (text, at) => {
    expect(readJson(text)).toEqual(fault(at));
  });

  test('a member that is given twice is refused, however it is written', () => {
    const message = 'JSON object should have each member only once';
    expect(readJson('{"amount":1,"amount":2}')).toEqual(fault(12, 'json_duplicate_key', message));
    expect(readJson('{"a":{"b":1,"\\u0062":1}}')).toEqual(fault(12, 'json_duplicate_key', message));
  });

  test('a member __proto__ is refused at any depth', () => {
    const message = 'JSON object may not have a member __proto__';
    expect(readJson('{"a":[{"__proto__":{"x":1}}]}')).toEqual(fault(7, 'json_forbidden_key', message));
    expect(({} as { x?: unknown }).x).toBe(undefined);
  });

  test('nesting is bounded', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(readJson(nested(JSON_DEPTH_MAX)).kind).toBe('value');
    const message = 'JSON should be nested at most 32 levels deep';
    expect(readJson(nested(JSON_DEPTH_MAX + 1))).toEqual(fault(JSON_DEPTH_MAX, 'json_too_deep', message));
    expect(readJson('[{"a":'.repeat(100_000))).toEqual(fault(96, 'json_too_deep', message));
  });

  test('the number of values is bounded, and what is behind the bound is not read', () => {
    const items = (count: number): string => `[${Array.from({ length: count }, () => '0').join(',')}]`;
    expect(readJson(items(JSON_VALUES_MAX - 1)).kind).toBe('value');
    const message = 'JSON should have at most 2000 values';
    // Behind the bracket and 1,999 items.
    const atBound = fault(1 + 2 * (JSON_VALUES_MAX - 1), 'json_too_many_values', message);
    expect(readJson(items(JSON_VALUES_MAX))).toEqual(atBound);
    expect(readJson(`${items(JSON_VALUES_MAX).slice(0, -1)},${'no JSON '.repeat(10_000)}`)).toEqual(atBound);
  });

  test.each([
    ['an empty object', '{},'],
    ['an empty array', '[],'],
    ['a text', '"",'],
    ['a literal', 'null,'],
    ['a number', '1e5,'],
  ])('%s is a value', (_name, unit) => {
    expect(readJson(`[${unit.repeat(JSON_VALUES_MAX)}0]`)).toMatchObject({ fault: { type: 'json_too_many_values' } });
  });

  test('a member is a value', () => {
    const members = Array.from({ length: JSON_VALUES_MAX }, (_, index) => `"${index}":0`).join(',');
    expect(readJson(`{${members}}`)).toMatchObject({ fault: { type: 'json_too_many_values' } });
  });
});
