import type { WireRequest } from '../http/reservations/request.ts';
import type { WireEvent, WireStreamedEvent } from '../http/events/wire.ts';
import type { WireReservation } from '../http/reservations/wire.ts';
import { type CreateOptions, createReservation } from './create.ts';
import { type EventsOptions, readEvents } from './events.ts';
import { type ClientOptions, readOptions } from './options.ts';
import { type ListOptions, listReservations, type ReadOptions, readHistory, readReservation } from './read.ts';
import type { ReservationResult } from './result.ts';
import { createAndWait, type WaitOptions } from './wait.ts';

/** A client of the reservation service. It keeps nothing between calls, and needs no end. */
export interface ReservationsClient {
  /**
   * Makes a reservation. Repeats the request with the same key while there is no answer, the service takes no work (429,
   * 502, 503, 504) or it still processes the first one, with growing pauses that keep to `Retry-After`.
   *
   * @throws {ReservationsApiError} when the service refused; no request of this call made a reservation.
   * @throws {ReservationOutcomeUnknownError} when one may have: its key is the one to go on with.
   * @throws the reason of the signal, or the error of the token, when nothing was sent.
   */
  create(request: WireRequest, options?: CreateOptions): Promise<ReservationResult>;
  /**
   * Makes a reservation as {@link create} does, and polls it until its payment has a verdict. The outcome is `pending`
   * when the time ended before that.
   *
   * @throws as `create`; {@link ReservationOutcomeUnknownError} with the reservation's id when the polling was refused or
   * ended by the signal.
   */
  createAndWait(request: WireRequest, options?: WaitOptions): Promise<ReservationResult>;
  /**
   * Returns a reservation in its current state.
   *
   * @throws {ReservationsApiError} `reservation_not_found`, and any other answer that is an error.
   * @throws {ReservationsUnreachableError} when there was no answer.
   */
  get(reservationId: string, options?: ReadOptions): Promise<WireReservation>;
  /**
   * Iterates over reservations, page by page: in the order of their creation, where one that is made meanwhile comes at the
   * end, or with `order: 'desc'` the newest first, where it does not come any more.
   *
   * @throws as {@link get}, from the iteration
   */
  list(options?: ListOptions): AsyncIterableIterator<WireReservation>;
  /** Returns all events of a reservation, in order. @throws as {@link get} */
  history(reservationId: string, options?: ReadOptions): Promise<readonly WireEvent[]>;
  /**
   * Iterates over the events of all reservations, each once and in order, until the signal aborts. A connection that ends,
   * or over which nothing comes for 45 s, is replaced by a new one behind the last event. Without `after`, events that are
   * committed before the first connection exists are not seen.
   *
   * @throws {ReservationsApiError} when the service refuses, for example a position that its log does not have.
   */
  events(options?: EventsOptions): AsyncIterableIterator<WireStreamedEvent>;
}

/** Creates a client. Nothing is sent before the first call. @throws {TypeError} for an option that is not valid. */
export function createClient(options: ClientOptions): ReservationsClient {
  const settings = readOptions(options);
  return {
    create: async (request, options = {}) => (await createReservation(settings, request, options)).result,
    createAndWait: (request, options = {}) => createAndWait(settings, request, options),
    get: (reservationId, options = {}) => readReservation(settings, reservationId, options),
    list: (options = {}) => listReservations(settings, options),
    history: (reservationId, options = {}) => readHistory(settings, reservationId, options),
    events: (options = {}) => readEvents(settings, options),
  };
}
