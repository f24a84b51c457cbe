import { describe, expect, test } from 'vitest';
import goldenV1 from './golden/events-v1.json' with { type: 'json' };
import { evolve, initialState } from './reservation.ts';
import { decodeEvent, encodeEvent, type StoredEvent } from './stored-event.ts';

const created = goldenV1[0] as StoredEvent;

describe('every event of schema version 1 that was ever written', () => {
  test.each(goldenV1.map((stored) => [stored.type, stored as StoredEvent] as const))('%s is read', (_, stored) => {
    expect(encodeEvent(decodeEvent(stored))).toEqual(stored);
  });

  test.each(goldenV1.slice(1).map((stored) => [stored.type, stored as StoredEvent] as const))(
    '%s is folded',
    (_, stored) => {
      const state = evolve(evolve(initialState, decodeEvent(created)), decodeEvent(stored));
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

describe('what was never released is refused', () => {
  test.each([
    ['an unknown type', { ...created, type: 'RESERVATION_RENAMED' }, /unknown event type/],
    ['an inherited name as type', { ...created, type: 'toString' }, /unknown event type/],
    ['a later schema version', { ...created, schemaVersion: 2 }, /has no schema version 2/],
    [
      'an amount as text',
      { ...created, data: { ...created.data, amountMinor: '1050' } },
      /amountMinor should be a whole number/,
    ],
    [
      'a missing user',
      { ...created, data: { ...created.data, userId: undefined } },
      /userId should be a string, is absent/,
    ],
  ])('%s', (_, stored, message) => {
    expect(() => decodeEvent(stored)).toThrow(message);
  });
});
