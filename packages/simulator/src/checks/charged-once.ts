import { eachReservation, type Check } from './check.ts';

/** Checked in the ledger of the payment service. */
export const chargedOnce: Check = eachReservation(
  '1',
  'at most one successful charge for each reservation',
  ({ charges }) =>
    charges.length <= 1 ? null : `charged ${charges.length} times: ${charges.map((c) => c.transactionId).join(', ')}`,
);
