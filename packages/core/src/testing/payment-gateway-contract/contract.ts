import { attemptCases } from './attempts.ts';
import { boundCases } from './bounds.ts';
import type { GatewayContractCase } from './case.ts';
import { idleCases } from './idle.ts';
import { refusedStreamCases } from './refused-streams.ts';
import { replyCases } from './replies.ts';
import { unreachableCases } from './unreachable.ts';

/**
 * Everything that a gateway to a service of proto/payment.proto must do, as data: loop over the cases in any test
 * runner and run each by itself. The services are real ones, on 127.0.0.1.
 */
export const paymentGatewayContract: readonly GatewayContractCase[] = [
  ...replyCases,
  ...unreachableCases,
  ...attemptCases,
  ...refusedStreamCases,
  ...idleCases,
  ...boundCases,
];
