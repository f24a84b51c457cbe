import { attemptCases } from './attempts.ts';
import { boundCases } from './bounds.ts';
import type { GatewayContractCase } from './case.ts';
import { idleCases } from './idle.ts';
import { refusedStreamCases } from './refused-streams.ts';
import { replyCases } from './replies.ts';
import { unreachableCases } from './unreachable.ts';

/**
 * All requirements for a gateway to a service of proto/payment.proto, as data: loop over the cases in any test runner and
 * run each by itself. The services are real servers on 127.0.0.1.
 */
export const paymentGatewayContract: readonly GatewayContractCase[] = [
  ...replyCases,
  ...unreachableCases,
  ...attemptCases,
  ...refusedStreamCases,
  ...idleCases,
  ...boundCases,
];
