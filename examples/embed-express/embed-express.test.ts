import type { AddressInfo } from 'node:net';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { stopService } from '@reservations/server';
import { expect, test } from 'vitest';
import { createShop } from './app.ts';

test('a shop takes reservations in its checkout and serves the API below a path of its own', async () => {
  const payments = await startSandboxPaymentService({ ledgerPath: null });
  const store = await openSqliteStore({ path: ':memory:' });
  const gateway = createGrpcPaymentGateway({ host: payments.host, port: payments.port });
  const { app, handler, reservations } = createShop(store, gateway);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  const checkout = (await (await post('/checkout', { customer: 'ada', order: '4711', total: '12.50' })).json()) as {
    reservation: string;
  };
  expect(checkout).toEqual({ reservation: expect.stringMatching(/^RES-/), status: 'RESERVATION_CONFIRMED' });
  const shown = await fetch(`${url}/booking/reservations/${checkout.reservation}`);
  expect(await shown.json()).toMatchObject({ reservation_id: checkout.reservation, user_id: 'ada', amount: 12.5 });
  const clickedTwice = await post('/checkout', { customer: 'ada', order: '4711', total: '12.50' });
  expect(await clickedTwice.json()).toEqual(checkout);
  const posted = await post('/booking/reservations', { user_id: 'bob', amount: 3 });
  expect(posted.status).toBe(200);
  expect(posted.headers.get('Location')).toMatch(/^\/booking\/reservations\/RES-/);
  expect((await post('/checkout', { customer: 'ada', order: '4712', total: 'much' })).status).toBe(422);
  expect(payments.ledger().map(({ user_id, amount }) => [user_id, amount])).toEqual([
    ['ada', 12.5],
    ['bob', 3],
  ]);

  await stopService({ handler, server, reservations, gateway, store });
  await payments.stop();
});
