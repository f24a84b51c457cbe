import type { KeyChange, WorkChange } from '../../ports/inline-writes.ts';
import type { AppendRequest, ExpectedVersion } from '../../ports/event-store.ts';
import { type EncodedEvent, encodeNewEvent } from './event-rows.ts';
import { toReservationRow } from './reservation-rows.ts';
import type { ReservationRow } from './columns.ts';

/** An append as it was when it was asked for, turned into rows outside of every transaction. */
export interface EncodedAppend {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly commandId: string;
  readonly events: readonly EncodedEvent[];
  readonly reservation: ReservationRow | null;
  readonly work: WorkChange;
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
    work: { ...inlineWrites.work },
    key: { ...inlineWrites.key },
  };
}
