import { type Money, toMajorUnits } from '../../domain/money.ts';
import { assertAnswer, assertSame, charged, chargeUntilKnown, type PaymentServiceCase } from './case.ts';

/** Small, and with a digit in the last of three decimals. */
const THREE_DECIMALS: Money = { amountMinor: 101, currency: 'KWD', decimals: 3 };

/** Amounts that are charged, and amounts that are not. */
export const amountCases: readonly PaymentServiceCase[] = [
  {
    title: 'an amount with a digit in its last decimal is charged',
    sendsCharges: true,
    meaning: 'Only round amounts are paid.',
    async run(probe) {
      const answer = await chargeUntilKnown(probe, probe.newCharge({ money: oneMore(probe.money) }));
      assertAnswer(answer, ['charged']);
    },
  },
  {
    title: 'an amount with three decimals is charged or refused',
    sendsCharges: true,
    meaning: 'Reservations in currencies with three decimals (KWD, BHD, …) stay open until an operator resolves them.',
    async run(probe) {
      const answer = await chargeUntilKnown(probe, probe.newCharge({ money: THREE_DECIMALS }));
      assertAnswer(answer, ['charged', 'declined', 'refused']);
    },
  },
  {
    title: 'an amount of zero is refused',
    sendsCharges: true,
    meaning: 'The service charges what makes no sense. The engine itself never sends such an amount.',
    async run(probe) {
      const answer = await probe.charge(probe.newCharge(), { amount: 0 });
      assertAnswer(answer, ['refused', 'declined']);
    },
  },
  {
    title: 'another amount for the same reservation is not charged',
    sendsCharges: true,
    meaning: 'A reservation is not what identifies a charge there: a customer may be charged twice.',
    async run(probe) {
      const charge = probe.newCharge();
      const first = await charged(probe, charge);
      const amount = toMajorUnits(oneMore(charge.money));
      const other = await probe.charge(charge, { amount });
      // The first result, or any answer other than success.
      if (other.kind === 'charged') assertSame(first, other);
      assertSame(first, await chargeUntilKnown(probe, charge));
    },
  },
];

function oneMore(money: Money): Money {
  return { ...money, amountMinor: money.amountMinor + 1 };
}
