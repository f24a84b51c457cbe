import { createSubscription, formatMoney, type ReservationStore, type SubscriptionWorker } from '@reservations/core';
import type { Mailbox } from './mailbox.ts';

/** Sends a mail for each confirmed reservation, from the first one ever on. */
export function createConfirmations(store: ReservationStore, mailbox: Mailbox): SubscriptionWorker {
  return createSubscription({
    store,
    name: 'confirmations',
    // So that a process that is started again soon after it was killed need not wait for long.
    leaseMs: 1_000,
    handle(recorded) {
      // An event of a later release cannot be a confirmation that this one knows how to write a mail for.
      if (recorded.kind === 'unknown' || recorded.event.type !== 'RESERVATION_CONFIRMED') return;
      const { position, reservationId, userId, money, event } = recorded;
      mailbox.send({
        position,
        to: userId,
        text: `${reservationId} over ${formatMoney(money)} ${money.currency} is confirmed: ${event.data.transactionId}`,
      });
    },
    observer: (observation) => console.error(observation),
  });
}
