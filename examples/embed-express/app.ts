import { createReservations, type PaymentGateway, type Reservations, type ReservationStore } from '@reservations/core';
import { createReservationsHandler } from '@reservations/server';
import express, { type Express } from 'express';

/** An application of one's own that takes reservations in its checkout and serves the reservation API below /booking. */
export function createShop(
  store: ReservationStore,
  gateway: PaymentGateway,
): { app: Express; reservations: Reservations } {
  const reservations = createReservations({ store, gateway });
  const app = express();

  app.use('/booking', createReservationsHandler({ reservations, store }));

  app.post('/checkout', express.json(), async (request, response) => {
    const { customer, total } = request.body as { customer: string; total: string };
    const result = await reservations.create({ userId: customer, amount: total, currency: 'EUR' });
    switch (result.kind) {
      case 'reservation':
        response.json({ order: result.reservation.reservationId, status: result.reservation.status });
        return;
      case 'invalid':
        response.status(422).json({ faults: result.faults });
        return;
      case 'key-reused':
      case 'key-in-progress':
        response.status(409).json({ error: result.kind });
    }
  });
  return { app, reservations };
}
