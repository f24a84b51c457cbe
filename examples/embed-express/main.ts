// Core and the server's handler inside an Express application. Needs a payment service; without one at hand:
//   npx @reservations/server sandbox --port 50051
import { createServer } from 'node:http';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import { guardConnections, stopService } from '@reservations/server';
import { createShop } from './app.ts';

const {
  PAYMENT_SERVICE_HOST = '127.0.0.1',
  PAYMENT_SERVICE_PORT = '50051',
  PORT = '3000',
  DB = 'shop.db',
} = process.env;

const store = await openSqliteStore({ path: DB });
const gateway = createGrpcPaymentGateway({ host: PAYMENT_SERVICE_HOST, port: Number(PAYMENT_SERVICE_PORT) });
const { app, handler, reservations } = createShop(store, gateway);
const server = createServer(app);
guardConnections(server);
const stop = (): Promise<void> => stopService({ handler, server, reservations, gateway, store });

reservations.start();
server.once('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
  void stop();
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('listening on', server.address()));
// A terminal, npm and service managers may send the same request to stop more than once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
