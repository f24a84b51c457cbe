import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_CHARGE } from '../../testing/payment-gateway-contract/case.ts';
import { paymentGatewayContract } from '../../testing/payment-gateway-contract/contract.ts';
import { APPROVAL, failure, startScriptedService } from '../../testing/payment-gateway-contract/scripted-service.ts';
import { createGrpcPaymentGateway } from './gateway.ts';

describe('the gRPC payment gateway keeps the contract', () => {
  for (const { title, run } of paymentGatewayContract) {
    test.concurrent(title, () => run({ open: (tuning) => createGrpcPaymentGateway(tuning) }));
  }
});

test('charges leave no listener on a signal that outlives them', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port });
  try {
    const { signal } = new AbortController();
    const charge = (): Promise<unknown> => gateway.charge(EXAMPLE_CHARGE, { signal, maySend: () => true });
    await Promise.all(Array.from({ length: 400 }, charge));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('the state of the breaker can be watched', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const breaker = { failuresMax: 1, lastingMs: 0, openMs: 600_000 };
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port, breaker });
  try {
    expect(gateway.breakerState()).toBe('closed');
    await gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
    expect(gateway.breakerState()).toBe('open');
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('a process ends by itself once its gateway is closed, whatever was under way', async () => {
  const program = `
    import { createServer } from 'node:net';
    import { createGrpcPaymentGateway } from './gateway.ts';
    const silent = createServer((socket) => socket.unref().resume()).unref();
    silent.listen(0, '127.0.0.1', async () => {
      const charge = { reservationId: 'RES-1', userId: 'u', money: { amountMinor: 1, currency: 'EUR', decimals: 2 } };
      const options = { signal: new AbortController().signal, maySend: () => true };
      const refused = createGrpcPaymentGateway({ host: '127.0.0.1', port: 1 });
      const waiting = createGrpcPaymentGateway({ host: '127.0.0.1', port: silent.address().port, attemptTimeoutMs: 60000 });
      const outcomes = [refused.charge(charge, options), waiting.charge(charge, options)];
      setTimeout(() => { refused.close(); waiting.close(); }, 200);
      console.log(JSON.stringify((await Promise.all(outcomes)).map(({ kind }) => kind)));
    });
  `;
  const flags = ['--conditions=@reservations/source', '--input-type=module-typescript', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname, timeout: 20_000 });
  expect(stdout).toBe('["not-sent","not-sent"]\n');
});
