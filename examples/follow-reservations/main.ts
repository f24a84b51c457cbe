// Takes twenty orders and sends a mail for each confirmed reservation. Kill it whenever you like and start it again:
// in the end each order has one reservation, and each reservation one mail.
//   node main.ts FOLDER [--die-after N]     (after the N-th mail the process kills itself)
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createReservations, type PaymentGateway } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createConfirmations } from './confirmations.ts';
import { openMailbox } from './mailbox.ts';

const ORDERS = 20;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'die-after': { type: 'string' } } });
const [folder = 'follow-reservations'] = positionals;
mkdirSync(folder, { recursive: true });

// A payment service that says yes; docs/payment-service.md tells what a real one has to promise.
const gateway: PaymentGateway = {
  idempotency: 'by-reservation-id',
  chargesMax: 512,
  charge: async ({ reservationId }) => ({ kind: 'approved', transactionId: `TXN-${reservationId}`, message: 'paid' }),
  close: () => Promise.resolve(),
};
const store = await openSqliteStore({ path: join(folder, 'reservations.db') });
const reservations = createReservations({ store, gateway });
const mailbox = openMailbox(join(folder, 'mails.jsonl'));
const dieAfter = Number(values['die-after'] ?? Number.POSITIVE_INFINITY);
const confirmations = createConfirmations(store, {
  ...mailbox,
  send(mail) {
    mailbox.send(mail);
    if (mailbox.sent().length >= dieAfter) process.kill(process.pid, 'SIGKILL');
  },
});
reservations.start();
confirmations.start();

for (let order = 1; order <= ORDERS; order += 1) {
  await reservations.create(
    { userId: `customer-${order}`, amount: '12.50', currency: 'EUR' },
    { idempotencyKey: `order-${order}` },
  );
}
while (mailbox.sent().length < ORDERS) await pause(10);
for (const { position, to, text } of mailbox.sent()) console.log(String(position).padStart(3), to.padEnd(12), text);

await confirmations.stop();
await reservations.stop();
await store.close();
