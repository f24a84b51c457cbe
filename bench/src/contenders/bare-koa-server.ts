import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { connectToPayments } from '../run/payments.ts';
import { newId } from './raw-rows.ts';

/** POST /reservations as one would write it without an engine: parse the body, call, answer. */
const payments = connectToPayments(Number(process.argv[2]));
const app = new Koa();
app.use(async (context) => {
  if (context.method !== 'POST' || context.path !== '/reservations') {
    context.status = context.path === '/health/ready' ? 200 : 404;
    return;
  }
  const body = (await json(context.req)) as {
    readonly user_id: string;
    readonly amount: number;
    readonly currency: string;
  };
  const reservation_id = `RES-${newId()}`;
  const transaction_id = await payments.charge(reservation_id);
  context.body = {
    reservation_id,
    status: 'RESERVATION_CONFIRMED',
    transaction_id,
    message: 'Payment approved',
    ...body,
  };
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
