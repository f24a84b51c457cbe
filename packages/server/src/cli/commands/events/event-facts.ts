import { type DecidedBy, escapeInvisible, type ReservationEvent } from '@reservations/core';
import { decodeEvent } from '@reservations/core/operations';
import type { StoredEvent } from '@reservations/core/ports';
import { describeAmount } from '../../text.ts';

/** What an event says, in a line; of one that a later release wrote or that is damaged, its data as they are stored. */
export function describeFacts(stored: StoredEvent): string {
  try {
    const decoded = decodeEvent(stored);
    if (decoded.kind === 'known') return escapeInvisible(factsOf(decoded.event));
    return escapeInvisible(
      `schema version ${stored.schemaVersion}, of a later release: ${JSON.stringify(stored.data)}`,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return escapeInvisible(`cannot be read (${why}): ${JSON.stringify(stored.data)}`);
  }
}

function factsOf(event: ReservationEvent): string {
  switch (event.type) {
    case 'RESERVATION_CREATED':
      return `${describeAmount(event.data)} of ${event.data.userId}`;
    case 'RESERVATION_CONFIRMED':
      return `transaction ${event.data.transactionId}, says ${describeSource(event.data)}`;
    case 'RESERVATION_FAILED':
      return `${event.data.reason}, says ${describeSource(event.data)}`;
    case 'PAYMENT_UNRESOLVED':
      return `${event.data.cause}: ${event.data.detail}; the caller was answered "${event.data.answeredAs}"`;
    case 'PAYMENT_ESCALATED': {
      const { reason, detail, transactionId } = event.data;
      return `${reason}: ${detail}${transactionId === null ? '' : `; transaction ${transactionId}`}`;
    }
  }
}

function describeSource({ decidedBy, message }: { readonly decidedBy: DecidedBy; readonly message: string }): string {
  switch (decidedBy.kind) {
    case 'payment-service':
      return `the payment service: ${message}`;
    case 'operator':
      return `${decidedBy.actor}: ${decidedBy.reason}`;
  }
}
