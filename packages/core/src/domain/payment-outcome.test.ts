import { describe, expect, test } from 'vitest';
import { combineOutcomes, type PaymentOutcome } from './payment-outcome.ts';

const approved: PaymentOutcome = { kind: 'approved', transactionId: 'T', message: '' };
const declined: PaymentOutcome = { kind: 'declined', message: '' };
const refused: PaymentOutcome = { kind: 'refused', message: 'in progress' };
const notSent: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };

describe('two attempts together', () => {
  test.each([
    ['unknown, then not sent, is unknown', unknown, notSent, unknown],
    ['not sent, then unknown, is unknown', notSent, unknown, unknown],
    ['not sent twice is not sent', notSent, notSent, notSent],
    ['a verdict settles what was unknown', unknown, approved, approved],
    ['a decline settles what was unknown', unknown, declined, declined],
    ['unknown, then refused, is unknown', unknown, refused, unknown],
    ['not sent, then refused, is refused', notSent, refused, refused],
    ['refused, then unknown, is unknown', refused, unknown, unknown],
    ['a verdict stays when later nothing was sent', approved, notSent, approved],
  ])('%s', (_, earlier, later, expected) => {
    expect(combineOutcomes(earlier, later)).toEqual(expected);
  });
});
