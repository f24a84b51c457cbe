// Another payment service behind the port: three reservations through a gateway of one's own.
import { setTimeout as pause } from 'node:timers/promises';
import { createReservations } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createHttpPaymentGateway } from './http-gateway.ts';
import { startProvider } from './provider.ts';

const provider = await startProvider();
const store = await openSqliteStore({ path: ':memory:' });
const gateway = createHttpPaymentGateway(provider.url);
const reservations = createReservations({ store, gateway, settlement: { pollMs: 100, backoffMs: 100 } });
reservations.start();

for (const userId of ['ada', 'broke', 'unlucky']) {
  const result = await reservations.create({ userId, amount: '12.50', currency: 'EUR' });
  if (result.kind !== 'reservation') throw new Error(`unexpected: ${result.kind}`);
  let { reservation } = result;
  console.log(userId.padEnd(8), reservation.status, reservation.message);
  while (reservation.status === 'RESERVATION_CREATED') {
    await pause(50);
    reservation = (await reservations.get(reservation.reservationId)) ?? reservation;
    if (reservation.status !== 'RESERVATION_CREATED')
      console.log(userId.padEnd(8), reservation.status, reservation.message);
  }
}
console.log(
  `charges: ${[...provider.ledger.values()].map(({ id, amount, currency }) => `${id} ${amount} ${currency}`).join(', ')}`,
);

await reservations.stop();
await store.close();
provider.stop();
