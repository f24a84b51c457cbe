import { expect, test } from 'vitest';
import { createEngineFixture } from '../engine-fixture.ts';
import { newApiKey } from '../../adapters/system/api-key.ts';
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts';
import { findReservations } from './find-reservations.ts';
import { openPayments } from './open-payments.ts';
import { reconcileLedger } from './reconcile-ledger.ts';
import { repairView } from './repair-view.ts';
import { resolveByLedger } from './resolve-by-ledger.ts';
import { resolvePayment } from './resolve-payment.ts';
import { listSubscriptions, resumeSubscription } from './subscriptions.ts';
import { verifyStore } from './verify-store.ts';

test('no operation takes a malformed caller', async () => {
  const { store, runtime } = createEngineFixture();
  const wrong = { caller: 'two words' };
  const word = { finding: { kind: 'not-charged' }, actor: 'ada', reason: 'the ledger', runtime, ...wrong } as const;
  const calls = [
    openPayments(store, wrong),
    findReservations(store, {}, wrong),
    resolvePayment(store, 'RES-1', word),
    resolveByLedger(store, [], { actor: 'ada', runtime, ...wrong }),
    reconcileLedger(store, [], wrong),
    verifyStore(store, wrong),
    repairView(store, { runtime, ...wrong }),
    listSubscriptions(store, wrong),
    resumeSubscription(store, 'mails', wrong),
    createApiKey(store, { name: 'shop', scopes: ['a'], newKey: newApiKey, runtime, ...wrong }),
    listApiKeys(store, { runtime, ...wrong }),
    revokeApiKey(store, 'rsv_00000000', { runtime, ...wrong }),
  ];
  const expected = {
    status: 'rejected',
    reason: { code: 'INVALID_OPTION', message: expect.stringMatching(/^caller: /) },
  };
  expect(await Promise.allSettled(calls)).toMatchObject(calls.map(() => expected));
});
