import { type ExpectedCharge, intentOf } from '../evidence/evidence.ts';
import { eachReservation, type Check } from './check.ts';

/** The expected amounts come from the workload, not from the code under test. */
export const money: Check = eachReservation(
  '19',
  'sent = stored = answered = in the ledger, to the last digit',
  (reservation, evidence) => {
    const expected = intentOf(evidence, reservation)?.expected;
    if (expected === undefined || expected === null) return null;
    const { row, shown, charges } = reservation;
    if (row !== null && !hasAmount(row, expected)) return `stored ${row.amountMinor} ${row.currency}`;
    for (const { summary, intent } of shown) {
      const asked = intent?.expected ?? expected;
      if (!hasAmount(summary, asked)) return `asked for ${asked.amountMinor}, answered ${summary.amountMinor}`;
    }
    const wrong = charges.find((charge) => charge.amount !== expected.amount || charge.currency !== expected.currency);
    return wrong === undefined ? null : `asked for ${expected.amount} ${expected.currency}, charged ${wrong.amount}`;
  },
);

function hasAmount(
  row: Pick<ExpectedCharge, 'userId' | 'amountMinor' | 'currency' | 'decimals'>,
  expected: ExpectedCharge,
): boolean {
  return (
    row.userId === expected.userId &&
    row.amountMinor === expected.amountMinor &&
    row.currency === expected.currency &&
    row.decimals === expected.decimals
  );
}
