import { apiKeyCases } from './api-keys.ts';
import { appendCases } from './append.ts';
import { type RuledCase, underRule } from './broken-promise.ts';
import { hintCases } from './hints.ts';
import { keyCases } from './keys.ts';
import { lifetimeCases } from './lifetime.ts';
import { raceCases } from './races.ts';
import { readCases } from './read.ts';
import { subscriptionCases } from './subscriptions.ts';
import { repairCases } from './repair.ts';
import { viewCases } from './view.ts';
import { workCases } from './work.ts';

/**
 * Everything that a reservation store must do, as data: loop over the cases in any test runner, leave out those
 * whose need the harness does not meet, and run each by itself. An adapter is finished when all of them pass.
 */
export const reservationStoreContract: readonly RuledCase[] = [
  ...underRule({ port: 'EventStore.append', section: 'What an append does' }, [...appendCases, ...raceCases]),
  ...underRule({ port: 'EventStore.readStream and readAll', section: 'What reads return' }, readCases),
  ...underRule({ port: 'KeyClaim and AppendResult', section: 'Idempotency keys' }, keyCases),
  ...underRule({ port: 'ReservationView', section: 'The view' }, viewCases),
  ...underRule({ port: 'ViewRepair', section: 'Repairing the view' }, repairCases),
  ...underRule({ port: 'DueWork and WorkChange', section: 'Due work' }, workCases),
  ...underRule({ port: 'EventStore.onCommit', section: 'What readers of the log need' }, hintCases),
  ...underRule({ port: 'Subscriptions', section: 'What readers of the log need' }, subscriptionCases),
  ...underRule({ port: 'ApiKeys', section: 'API keys' }, apiKeyCases),
  ...underRule({ port: 'ReservationStore', section: 'Opening, closing and a second server' }, lifetimeCases),
];
