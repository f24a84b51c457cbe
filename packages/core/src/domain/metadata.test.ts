import { describe, expect, test } from 'vitest';
import { parseCreateRequest, REFERENCE_LENGTH_MAX } from './create-request.ts';

const valid = { userId: 'u1', amount: '10.50', currency: 'EUR' };

/** Metadata with this many members. */
function members(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name ${index}`, '']));
}

describe('the reference of a request', () => {
  test.each(['x', 'ä', '🎫'])('has up to 255 characters, such as %j', (character) => {
    const reference = character.repeat(REFERENCE_LENGTH_MAX);
    expect(parseCreateRequest({ ...valid, reference })).toMatchObject({ kind: 'valid', request: { reference } });
  });

  test.each([
    [7, 'not-a-string'],
    ['', 'empty'],
    ['x'.repeat(REFERENCE_LENGTH_MAX + 1), 'too-long'],
    ['a\nb', 'not-text'],
    ['a\u007fb', 'not-text'],
    ['a\ud800b', 'not-text'],
  ])('%j is refused: %s', (reference, code) => {
    const faults = [{ field: 'reference', code }];
    expect(parseCreateRequest({ ...valid, reference })).toEqual({ kind: 'invalid', faults });
  });
});

describe('the metadata of a request', () => {
  test.each([[{ shop: 'Berlin' }], [{ ['🎫'.repeat(40)]: 'x' }], [{ text: 'a\tb\nc\u0001' }], [members(20)]])(
    '%j are copied',
    (metadata) => {
      const parsed = parseCreateRequest({ ...valid, metadata });
      expect(parsed).toMatchObject({ kind: 'valid', request: { reference: null, metadata } });
      expect(parsed.kind === 'valid' && parsed.request.metadata).not.toBe(metadata);
    },
  );

  test.each([
    [],
    'a',
    5,
    new Map([['a', 'b']]),
    new URL('urn:x'),
    new (class {
      readonly a = 'b';
    })(),
  ])('%j is no object of members', (metadata) => {
    const faults = [{ field: 'metadata', code: 'not-an-object' }];
    expect(parseCreateRequest({ ...valid, metadata })).toEqual({ kind: 'invalid', faults });
  });

  test.each([undefined, null, {}])('%j are none', (metadata) => {
    expect(parseCreateRequest({ ...valid, metadata })).toMatchObject({ kind: 'valid', request: { metadata: {} } });
  });

  test.each([
    ['shop', 'not-an-object'],
    [7, 'not-an-object'],
    [['shop'], 'not-an-object'],
    [new Map([['shop', 'Berlin']]), 'not-an-object'],
    [members(21), 'too-many-members'],
  ])('%j are refused as a whole: %s', (metadata, code) => {
    const faults = [{ field: 'metadata', code }];
    expect(parseCreateRequest({ ...valid, metadata })).toEqual({ kind: 'invalid', faults });
  });

  test.each([
    ['', 'x', 'name', 'empty'],
    ['x'.repeat(41), 'x', 'name', 'too-long'],
    ['a\nb', 'x', 'name', 'not-text'],
    ['a\ud800b', 'x', 'name', 'not-text'],
    ['__proto__', 'x', 'name', 'forbidden-name'],
    ['shop', 7, 'value', 'not-a-string'],
    ['shop', null, 'value', 'not-a-string'],
    ['shop', {}, 'value', 'not-a-string'],
    ['shop', 'x'.repeat(501), 'value', 'too-long'],
    ['shop', 'a\u0000b', 'value', 'not-text'],
    ['shop', 'a\ud800b', 'value', 'not-text'],
  ] as const)('a member %j with %j is refused: its %s is %s', (name, value, part, code) => {
    const metadata = Object.fromEntries([[name, value]]);
    const faults = [{ field: 'metadata', code, member: { name, part } }];
    expect(parseCreateRequest({ ...valid, metadata })).toEqual({ kind: 'invalid', faults });
  });

  test('every fault is reported, behind those of the other fields', () => {
    expect(parseCreateRequest({ ...valid, amount: 0, reference: '', metadata: { a: 1, '': 2 } })).toEqual({
      kind: 'invalid',
      faults: [
        { field: 'amount', code: 'not-positive' },
        { field: 'reference', code: 'empty' },
        { field: 'metadata', code: 'not-a-string', member: { name: 'a', part: 'value' } },
        { field: 'metadata', code: 'empty', member: { name: '', part: 'name' } },
        { field: 'metadata', code: 'not-a-string', member: { name: '', part: 'value' } },
      ],
    });
  });
});
