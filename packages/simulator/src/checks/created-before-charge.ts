import { intentOf } from '../evidence/evidence.ts';
import { eachReservation, type Check } from './check.ts';

/** Checked for every call that reaches the payment service, whether or not it charges. */
export const createdBeforeCharge: Check = eachReservation(
  '2',
  'no charge without a durable RESERVATION_CREATED before it, for the same user, amount and currency',
  (reservation, evidence) => {
    const expected = intentOf(evidence, reservation)?.expected;
    for (const call of reservation.received) {
      if (!call.wasCreated) return 'a charge arrived before RESERVATION_CREATED was durable';
      if (expected === undefined || expected === null) return 'a charge arrived that no request asked for';
      const { userId, amount, currency } = expected;
      if (call.userId === userId && call.amount === amount && call.currency === currency) continue;
      return `asked for ${amount} ${currency} of ${userId}, sent ${call.amount} ${call.currency} of ${call.userId}`;
    }
    return null;
  },
);
