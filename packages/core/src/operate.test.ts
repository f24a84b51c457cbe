import { expect, test } from 'vitest';
import { createMemoryStore } from './adapters/memory/index.ts';
import { createReservations } from './create-reservations.ts';
import { resolveByLedger, resolvePayment } from './operate.ts';
import { createScriptedGateway } from './testing/scripted-gateway.ts';

test("operations use this machine's clock and ids unless given others", async () => {
  const store = createMemoryStore();
  const gateway = createScriptedGateway();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const engine = createReservations({ store, gateway, observer: [], answerUnknownAs: 'failed' });
  const ids: string[] = [];
  for (const userId of ['u1', 'u2']) {
    const result = await engine.create({ userId, amount: '10.50' });
    if (result.kind === 'reservation') ids.push(result.reservation.reservationId);
  }
  const [first = '', second = ''] = ids;
  const finding = { kind: 'not-charged' } as const;
  expect(await resolvePayment(store, first, { finding, actor: 'ada', reason: 'none in the ledger' })).toMatchObject({
    kind: 'resolved',
  });
  const charge = { userId: 'u2', amount: 10.5, currency: 'EUR', transactionId: 'TXN-2', source: 'line 7' };
  expect(await resolveByLedger(store, [{ reservationId: second, ...charge }], { actor: 'ada' })).toMatchObject({
    resolved: [{ reservation: { reservationId: second, stage: 'confirmed' } }],
    left: [],
  });
});
