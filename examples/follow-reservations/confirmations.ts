import { createSubscription, decodeEvent, type ReservationStore, type SubscriptionWorker } from '@reservations/core';
import type { Mailbox } from './mailbox.ts';

/** Sends a mail for each confirmed reservation, from the first one ever on. */
export function createConfirmations(store: ReservationStore, mailbox: Mailbox): SubscriptionWorker {
  return createSubscription({
    store,
    name: 'confirmations',
    // So that a process that is started again soon after it was killed need not wait for long.
    leaseMs: 1_000,
    async handle(recorded) {
      const event = decodeEvent(recorded);
      if (event.type !== 'RESERVATION_CONFIRMED') return;
      const reservation = await store.view.find(recorded.stream as `RES-${string}`);
      if (reservation === null) throw new Error(`${recorded.stream} is not there`);
      mailbox.send({
        position: recorded.position,
        to: reservation.userId,
        text: `${reservation.reservationId} is confirmed: ${event.data.transactionId}`,
      });
    },
    observer: (observation) => console.error(observation),
  });
}
