export type { WireEvent, WireStreamedEvent } from '../http/events/wire.ts';
export type { ProblemCode, ValidationEntry } from '../http/problems/problems.ts';
export type { WireRequest } from '../http/reservations/request.ts';
export type { WireReservation } from '../http/reservations/wire.ts';
export { createClient, type ReservationsClient } from './client.ts';
export type { CreateOptions } from './create.ts';
export {
  type ApiErrorFacts,
  ReservationOutcomeUnknownError,
  ReservationsApiError,
  ReservationsUnreachableError,
} from './errors.ts';
export type { EventsOptions } from './events.ts';
export type { ClientOptions } from './options.ts';
export type { ListOptions, ReadOptions } from './read.ts';
export type { ReservationResult } from './result.ts';
export type { WaitOptions } from './wait.ts';
