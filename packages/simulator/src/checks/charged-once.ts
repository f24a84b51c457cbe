import { eachReservation, type Check } from './check.ts';

/** The ledger of the payment service is the witness. */
export const chargedOnce: Check = eachReservation(
  '1',
  'at most one successful charge for each reservation',
  ({ charges }) =>
    charges.length <= 1 ? null : `charged ${charges.length} times: ${charges.map((c) => c.transactionId).join(', ')}`,
);
