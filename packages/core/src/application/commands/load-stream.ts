import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { isKnownEvent } from '../../domain/reservation/stored-event.ts';
import { isReservationError, ReservationError } from '../../errors.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import { type LoadedReservation, loadReservation } from './load-reservation.ts';

/** A stream as this release can read it. */
export type LoadedStream =
  | { readonly kind: 'folded'; readonly id: ReservationId; readonly loaded: LoadedReservation }
  /** It has events of a later release. `id` is null when it is not named after a reservation. */
  | { readonly kind: 'newer'; readonly id: ReservationId | null };

/**
 * Reads and folds the stream that begins with this event, whatever its name.
 * @throws {ReservationError} STORE_CORRUPT when its events make no reservation.
 */
export async function loadStream(events: EventStore, first: RecordedEvent): Promise<LoadedStream> {
  const id = parseReservationId(first.stream);
  if (id === null) {
    if (!isKnownEvent(first)) return { kind: 'newer', id };
    throw noReservation(first);
  }
  try {
    return { kind: 'folded', id, loaded: await loadReservation(events, id) };
  } catch (error) {
    if (isReservationError(error, 'STORE_NEWER')) return { kind: 'newer', id };
    throw error;
  }
}

function noReservation({ stream, position }: RecordedEvent): ReservationError {
  const message = `the event at position ${position} is in stream ${stream}, which is no reservation's`;
  return new ReservationError('STORE_CORRUPT', message);
}
