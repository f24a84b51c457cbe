import { amountCases } from './amounts.ts';
import type { PaymentServiceCase } from './case.ts';
import { reachCases } from './reach.ts';
import { repetitionCases } from './repetitions.ts';

/**
 * All requirements for a payment service of proto/payment.proto, as data. The first case checks that the service is
 * reachable; without it the others cannot be checked.
 */
export const paymentServiceConformance: readonly PaymentServiceCase[] = [
  ...reachCases,
  ...repetitionCases,
  ...amountCases,
];
