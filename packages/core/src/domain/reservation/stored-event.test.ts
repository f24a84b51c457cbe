import { describe, expect, test } from 'vitest';
import goldenV1 from './golden/events-v1.json' with { type: 'json' };
import goldenV2 from './golden/events-v2.json' with { type: 'json' };
import { evolve, initialState } from './reservation.ts';
import { decodeEvent, decodeKnownEvent, encodeEvent, type StoredEvent } from './stored-event.ts';

const created = goldenV1[0] as StoredEvent;

describe('every event of schema version 1 that was ever written', () => {
  test.each(goldenV1.map((stored) => [stored.type, stored as StoredEvent] as const))('%s is read', (_, stored) => {
    expect(encodeEvent(decodeKnownEvent(stored))).toEqual(stored);
  });

  test.each(goldenV1.slice(1).map((stored) => [stored.type, stored as StoredEvent] as const))(
    '%s is folded',
    (_, stored) => {
      const state = evolve(evolve(initialState, decodeKnownEvent(created)), decodeKnownEvent(stored));
      expect(state.stage).not.toBe('none');
    },
  );

  test('the golden file has every type', () => {
    expect(new Set(goldenV1.map((stored) => stored.type))).toEqual(
      new Set([
        'RESERVATION_CREATED',
        'RESERVATION_CONFIRMED',
        'RESERVATION_FAILED',
        'PAYMENT_UNRESOLVED',
        'PAYMENT_ESCALATED',
      ]),
    );
  });
});

describe('a created reservation', () => {
  test.each(goldenV2.map((stored) => [JSON.stringify(stored.data), stored as StoredEvent] as const))(
    'is written at version 2 with what it is about: %s',
    (_, stored) => {
      expect(JSON.stringify(encodeEvent(decodeKnownEvent(stored)).data)).toBe(
        JSON.stringify({ ...decodeKnownEvent(stored).data }),
      );
      expect(encodeEvent(decodeKnownEvent(stored))).toEqual(stored);
      const { reference, metadata } = stored.data;
      expect(evolve(initialState, decodeKnownEvent(stored))).toMatchObject({ reference, metadata });
    },
  );

  test('is written at version 1, byte for byte, when it is about nothing', () => {
    const encoded = encodeEvent(decodeKnownEvent(created));
    expect(JSON.stringify(encoded)).toBe(JSON.stringify(created));
  });

  test('of version 1 is read with neither, whatever its data are', () => {
    const stored = { ...created, data: { ...created.data, reference: 7, metadata: 'x' } };
    expect(decodeKnownEvent(stored).data).toMatchObject({ reference: null, metadata: {} });
  });
});

describe('what a later release wrote is a value', () => {
  test.each([
    ['an unknown type', { ...created, type: 'RESERVATION_RENAMED' }],
    ['an inherited name as type', { ...created, type: 'toString' }],
    ['a later schema version', { ...created, schemaVersion: 3 }],
    ['whatever its data are', { ...created, schemaVersion: 3, data: { claim: 7 } }],
  ])('%s', (_, stored) => {
    const { type, schemaVersion } = stored;
    expect(decodeEvent(stored)).toEqual({ kind: 'unknown', type, schemaVersion });
    expect(() => decodeKnownEvent(stored)).toThrow(`${type}, schema version ${schemaVersion}, is of a later release`);
  });
});

describe('what was never released is refused', () => {
  const escalated = goldenV1.find(({ type }) => type === 'PAYMENT_ESCALATED') as StoredEvent;
  const confirmed = goldenV1.find(({ type }) => type === 'RESERVATION_CONFIRMED') as StoredEvent;

  function changed(stored: StoredEvent, data: StoredEvent['data']): StoredEvent {
    return { ...stored, data: { ...stored.data, ...data } };
  }

  test.each([
    ['a version before the first', { ...created, schemaVersion: 0 }, /has no schema version 0/],
    ['version 2 without its fields', { ...created, schemaVersion: 2 }, /reference should be a string, is absent/],
    [
      'metadata that are no texts',
      { ...(goldenV2[0] as StoredEvent), data: { ...goldenV2[0]?.data, metadata: { shop: 7 } } },
      /metadata\.shop should be a string, is 7/,
    ],
    ['an amount as text', changed(created, { amountMinor: '1050' }), /amountMinor should be a whole number, is "1050"/],
    ['a missing user', changed(created, { userId: undefined }), /userId should be a string, is absent/],
    [
      'another reason',
      changed(escalated, { reason: 'bored' }),
      /reason should be one of settlement-gave-up, .*"bored"/,
    ],
    ['a number for a text or null', changed(escalated, { transactionId: 7 }), /transactionId should be a string, is 7/],
    ['a text for an object', changed(confirmed, { decidedBy: 'ada' }), /decidedBy should be an object, is "ada"/],
    [
      'a kind of its own',
      changed(confirmed, { decidedBy: { kind: 'toString' } }),
      /decidedBy\.kind should be one of payment-service, operator, is "toString"/,
    ],
    [
      'an operator without a reason',
      changed(confirmed, { decidedBy: { kind: 'operator', actor: 'ada' } }),
      /RESERVATION_CONFIRMED\.decidedBy\.reason should be a string, is absent/,
    ],
  ])('%s', (_, stored, message) => {
    expect(() => decodeEvent(stored)).toThrow(message);
  });

  test('fields that the event does not have are dropped', () => {
    expect(decodeKnownEvent(changed(created, { extra: 1 }))).toEqual({
      type: created.type,
      data: { ...created.data, reference: null, metadata: {} },
    });
  });
});
