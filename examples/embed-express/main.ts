// Core and the server's handler inside an Express application. Needs a payment service; without one at hand:
//   npx @reservations/server sandbox --port 50051
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createShop } from './app.ts';

const {
  PAYMENT_SERVICE_HOST = '127.0.0.1',
  PAYMENT_SERVICE_PORT = '50051',
  PORT = '3000',
  DB = 'shop.db',
} = process.env;

const store = await openSqliteStore({ path: DB });
const gateway = createGrpcPaymentGateway({ host: PAYMENT_SERVICE_HOST, port: Number(PAYMENT_SERVICE_PORT) });
const { app, reservations } = createShop(store, gateway);
reservations.start();
const server = app.listen(Number(PORT), '127.0.0.1', (error?: Error) => {
  if (error === undefined) return console.log('listening on', server.address());
  console.error(error.message);
  process.exitCode = 1;
  void stop();
});

async function stop(): Promise<void> {
  server.close();
  await reservations.stop();
  await gateway.close();
  await store.close();
}

// A terminal, npm and service managers may send the same request to stop more than once.
let stopping: Promise<void> | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void (stopping ??= stop()));
