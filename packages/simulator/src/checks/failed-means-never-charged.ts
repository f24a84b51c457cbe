import { verdictOf } from './fold.ts';
import { eachReservation, type Check } from './check.ts';

/** Checked again after every later charge. */
export const failedMeansNeverCharged: Check = eachReservation(
  '4',
  'failed means never charged, and not later either',
  ({ events, charges }) => {
    const verdict = verdictOf(events);
    if (verdict?.type !== 'RESERVATION_FAILED' || charges.length === 0) return null;
    return `failed (${verdict.data.reason}), and charged: ${charges.map((c) => c.transactionId).join(', ')}`;
  },
);
