import type { KeyChange, PaymentChange } from '../../ports/inline-writes.ts';
import type { AppendRequest, ExpectedVersion } from '../../ports/event-store.ts';
import { type EncodedEvent, encodeNewEvent } from './event-rows.ts';
import { toReservationRow } from './reservation-rows.ts';
import type { ReservationsTable } from './tables.ts';

/** An append as it was when it was asked for, turned into rows outside of every transaction. */
export interface EncodedAppend {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly commandId: string;
  readonly events: readonly EncodedEvent[];
  readonly reservation: ReservationsTable | null;
  readonly payment: PaymentChange;
  readonly key: KeyChange;
}

/** Copies all that the append will write. */
export function encodeAppend(request: AppendRequest): EncodedAppend {
  const { stream, expected, commandId, events, inlineWrites } = request;
  return {
    stream,
    expected,
    commandId,
    events: events.map(encodeNewEvent),
    reservation: inlineWrites.summary === null ? null : toReservationRow(inlineWrites.summary),
    payment: { ...inlineWrites.payment },
    key: { ...inlineWrites.key },
  };
}
