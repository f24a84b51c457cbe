import { createReservations, type PaymentGateway, type Reservations, type ReservationStore } from '@reservations/core';
import { createHandler, type Handler } from '@reservations/server';
import express, { type Express } from 'express';

/** An application of one's own, with what ends it. */
export interface Shop {
  readonly app: Express;
  readonly handler: Handler;
  readonly reservations: Reservations;
}

/** Takes reservations in its checkout and serves the reservation API below /booking. */
export function createShop(store: ReservationStore, gateway: PaymentGateway): Shop {
  const reservations = createReservations({ store, gateway });
  // Open to every client that reaches the shop, as its checkout is.
  const handler = createHandler({ reservations, store, auth: 'none' });
  const app = express();

  app.use('/booking', handler);

  app.post('/checkout', express.json(), async (request, response) => {
    const { customer, order, total } = request.body as { customer: string; order: string; total: string };
    // The number of the order is the key: a customer who clicks twice reserves, and pays, once.
    const result = await reservations.create(
      { userId: customer, amount: total, currency: 'EUR' },
      { idempotencyKey: order, caller: customer },
    );
    switch (result.kind) {
      case 'reservation':
        response.json({ reservation: result.reservation.reservationId, status: result.reservation.status });
        return;
      case 'invalid':
        response.status(422).json({ faults: result.faults });
        return;
      case 'key-reused':
      case 'key-in-progress':
        response.status(409).json({ error: result.kind });
    }
  });
  return { app, handler, reservations };
}
