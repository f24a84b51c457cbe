import type { ReservationId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { ReservationEvent } from '../../domain/reservation/events.ts';
import type { ReservationError } from '../../errors.ts';
import type { RecordedEvent } from '../../ports/event-store.ts';

/** An event of the log, with what a reader needs to act on it without another look-up. Tell the two by `kind`. */
export type FeedEvent = ReservationFeedEvent | UnknownFeedEvent;

/** An event of a reservation that this release knows. */
export interface ReservationFeedEvent extends RecordedEvent {
  readonly kind: 'reservation';
  readonly reservationId: ReservationId;
  /** The user for whom the reservation was opened. */
  readonly userId: string;
  /** What the reservation costs. */
  readonly money: Money;
  /** The caller's own id of what is reserved, if it gave one. Its metadata are in the data of RESERVATION_CREATED. */
  readonly reference: string | null;
  /** What happened, in today's shape. */
  readonly event: ReservationEvent;
}

/**
 * An event that a later release wrote: of a type or schema version that this one does not know, or of a stream whose
 * first event is such a one. It is no damage. A handler that returns passes over it; one that must not miss anything
 * throws, which leaves the event to a process of the later release.
 */
export interface UnknownFeedEvent extends RecordedEvent {
  readonly kind: 'unknown';
  /** Null when the stream is not named after a reservation. */
  readonly reservationId: ReservationId | null;
  readonly event: null;
}

/** An event whose data, or those of the first event of its stream, are of no shape that was ever written. */
export interface DamagedEvent extends RecordedEvent {
  readonly kind: 'damaged';
  /** STORE_CORRUPT; names the position. */
  readonly error: ReservationError;
}
