import { appendCases } from './append.ts';
import type { StoreContractCase } from './case.ts';
import { hintCases } from './hints.ts';
import { keyCases } from './keys.ts';
import { lifetimeCases } from './lifetime.ts';
import { queueCases } from './queue.ts';
import { raceCases } from './races.ts';
import { readCases } from './read.ts';
import { subscriptionCases } from './subscriptions.ts';
import { rebuildCases } from './rebuild.ts';
import { switchOverCases } from './switch-over.ts';
import { viewCases } from './view.ts';

/**
 * Everything that a reservation store must do, as data: loop over the cases in any test runner, leave out those
 * whose need the harness does not meet, and run each by itself. An adapter is finished when all of them pass.
 */
export const reservationStoreContract: readonly StoreContractCase[] = [
  ...appendCases,
  ...raceCases,
  ...readCases,
  ...keyCases,
  ...viewCases,
  ...rebuildCases,
  ...switchOverCases,
  ...queueCases,
  ...hintCases,
  ...subscriptionCases,
  ...lifetimeCases,
];
