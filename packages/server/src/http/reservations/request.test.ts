import { parseCreateRequest, type RequestFaultCode } from '@reservations/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readIdempotencyKey } from './idempotency-key.ts';
import { IDEMPOTENCY_KEY_HEADER, RESERVATION_REQUEST, WIRE_FIELDS } from './request.ts';

const ajv = new Ajv2020();
const isRequest = ajv.compile(RESERVATION_REQUEST);
const isKey = ajv.compile(IDEMPOTENCY_KEY_HEADER);

/** What the schema does not say: the table of currencies. */
const BEYOND_THE_SCHEMA: ReadonlySet<RequestFaultCode> = new Set<RequestFaultCode>([
  'unknown-currency',
  'too-many-decimals',
  'too-large',
]);

/** A number a few doubles above 0 counts as 0. */
const SMALLEST = 1e-300;

const others = fc.constantFrom<unknown>(null, true, 0, -1, '', [], {});
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc
    .constantFrom('u', 'ä', '🎫', 'u\u0000', '\u007f')
    .chain((unit) => fc.constantFrom(1, 255, 256, 257).map((count) => unit.repeat(count))),
);
const amount = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value <= 0 || value >= SMALLEST),
  fc.integer({ min: -10, max: 100 }),
  fc.constantFrom(999_999_999_999_999, 1e15, 1e308, SMALLEST),
  fc.string({ unit: fc.constantFrom(...'0123459.+-eE x'.split('')), maxLength: 8 }),
  fc.constantFrom(
    '10.50',
    '+1',
    '.5',
    '5.',
    '1e2',
    '1e002',
    '0',
    '0.00',
    '00e5',
    'Infinity',
    'NaN',
    '1'.repeat(65),
    '٣',
  ),
);
const currency = fc.oneof(
  fc.constantFrom('EUR', 'eur', 'Jpy', 'KWD', 'XXX', 'EU', 'EURO', 'ſek'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: others });
const metadata = fc.dictionary(
  fc.oneof(fc.string({ unit: 'binary', maxLength: 2 }), fc.constantFrom('n'.repeat(40), '🎫'.repeat(41))),
  mostly(fc.oneof(text, fc.constantFrom('v'.repeat(500), '🎫'.repeat(501)))),
  { maxKeys: 22, noNullPrototype: true },
);
const body = fc.record(
  {
    user_id: mostly(text),
    amount: mostly(amount),
    currency: mostly(currency),
    reference: fc.oneof(fc.constant('order-1'), mostly(text)),
    metadata: fc.oneof(fc.constant({ shop: 'Berlin' }), mostly(metadata)),
    more: others,
  },
  { requiredKeys: ['user_id'] },
);

test('what the schema refuses, core refuses; what core refuses beyond it depends on the currencies', () => {
  let valid = 0;
  fc.assert(
    fc.property(body, (fields: Readonly<Record<string, unknown>>) => {
      const request = Object.fromEntries(Object.entries(WIRE_FIELDS).map(([field, name]) => [field, fields[name]]));
      const parsed = parseCreateRequest(request);
      const faults = parsed.kind === 'invalid' ? parsed.faults.map(({ code }) => code) : [];
      if (parsed.kind === 'valid') valid += 1;
      if (isRequest(fields)) expect(faults.filter((code) => !BEYOND_THE_SCHEMA.has(code))).toEqual([]);
      else expect(parsed.kind).toBe('invalid');
    }),
    { numRuns: 3_000, seed: 1 },
  );
  expect(valid).toBeGreaterThan(50);
});

const key = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('"', '\\', 'k'), maxLength: 6 }),
  fc
    .constantFrom(1, 255, 256)
    .chain((count) => fc.constantFrom('k'.repeat(count), `"${String.raw`\"`.repeat(count)}"`)),
);

test('the schema of an Idempotency-Key is what the service takes', () => {
  fc.assert(
    fc.property(key, (header) => {
      expect(isKey(header)).toBe(readIdempotencyKey(header).kind === 'key');
    }),
    { numRuns: 3_000, seed: 1 },
  );
});
