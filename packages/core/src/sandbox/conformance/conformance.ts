import { amountCases } from './amounts.ts';
import type { PaymentServiceCase } from './case.ts';
import { reachCases } from './reach.ts';
import { repetitionCases } from './repetitions.ts';

/**
 * Everything that a payment service of proto/payment.proto has to do, as data. The first case tells whether the
 * service is there; without it the others have nothing to say.
 */
export const paymentServiceConformance: readonly PaymentServiceCase[] = [
  ...reachCases,
  ...repetitionCases,
  ...amountCases,
];
