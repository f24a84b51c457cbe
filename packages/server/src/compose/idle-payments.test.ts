import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { reserve, serve } from '../cli/cli-fixture.ts';

const IDLE_TIMEOUT_MS = 1_000;
const FORGOTTEN_AFTER_MS = 1_500;
const PAUSE_MS = 1_800;

/** What an attempt on a forgotten connection takes at least. */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** A load balancer that forgets idle connections: what comes later on one of them is dropped without a word. */
async function startForgetfulBalancer(port: number): Promise<number> {
  const sockets = new Set<Socket>();
  const balancer = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    let usedAt = performance.now();
    let isForgotten = false;
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => !isForgotten && to.destroy());
      from.on('data', (data) => {
        isForgotten ||= performance.now() - usedAt >= FORGOTTEN_AFTER_MS;
        usedAt = performance.now();
        if (!isForgotten) to.write(data);
      });
    }
  });
  await new Promise<void>((resolve) => {
    balancer.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    balancer.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = balancer.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

test.each(['by-reservation-id', 'none'])(
  'the first charge after a pause is made once behind a balancer that forgets, with --payment-idempotency %s',
  async (idempotency) => {
    const sandbox = await startSandboxPaymentService({ ledgerPath: null });
    onTestFinished(() => sandbox.stop());
    const port = await startForgetfulBalancer(sandbox.port);
    const payments = ['--payment-host', '127.0.0.1', '--payment-port', String(port)];
    const settings = ['--payment-idempotency', idempotency, '--payment-idle-timeout', String(IDLE_TIMEOUT_MS)];
    const { url } = await serve('--db', ':memory:', ...payments, ...settings);
    expect(await (await reserve(url, 'first')).json()).toMatchObject({ status: 'RESERVATION_CONFIRMED' });
    await wait(PAUSE_MS);
    const begunAt = performance.now();
    expect(await (await reserve(url, 'later')).json()).toMatchObject({ status: 'RESERVATION_CONFIRMED' });
    expect(performance.now() - begunAt).toBeLessThan(ATTEMPT_TIMEOUT_MS);
    expect(sandbox.ledger().map(({ user_id }) => user_id)).toEqual(['first', 'later']);
    expect(sandbox.calls().map(({ calls }) => calls)).toEqual([1, 1]);
  },
);
