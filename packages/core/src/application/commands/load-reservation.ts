import type { ReservationId } from '../../domain/ids.ts';
import { evolve, initialState, type Reservation } from '../../domain/reservation/reservation.ts';
import { decodeEvent } from '../../domain/reservation/stored-event.ts';
import { ReservationError } from '../../errors.ts';
import { type EventStore, READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';

/** Origin of a reservation: the request that opened it. Part of the metadata of all its events. */
export interface Origin {
  readonly correlationId: string;
  readonly traceparent: string | null;
  readonly caller: string;
}

/** A folded stream. */
export interface LoadedReservation {
  readonly state: Reservation;
  /** Number of events folded; 0 for a stream that does not exist. */
  readonly version: number;
  /** From the metadata of the first event; null for a stream that does not exist. */
  readonly origin: Origin | null;
}

/** A stream without events. */
export const notYetCreated: LoadedReservation = { state: initialState, version: 0, origin: null };

/**
 * Reads and folds a stream.
 * @throws {ReservationError} STORE_NEWER when it has an event of a later release; STORE_CORRUPT when its events make no
 * reservation.
 */
export async function loadReservation(events: EventStore, id: ReservationId): Promise<LoadedReservation> {
  let loaded = notYetCreated;
  for (;;) {
    const page = await events.readStream(id, { after: loaded.version, limit: READ_LIMIT_MAX });
    loaded = foldOnto(loaded, page);
    if (page.length < READ_LIMIT_MAX) return loaded;
  }
}

/** Folds further events of the same stream onto a loaded one. @throws {ReservationError} STORE_NEWER, STORE_CORRUPT */
export function foldOnto(loaded: LoadedReservation, events: readonly RecordedEvent[]): LoadedReservation {
  let { state, version, origin } = loaded;
  for (const event of events) {
    state = foldOne(state, version, event);
    version = event.version;
    if (version === 1) origin = originOf(event);
  }
  return { state, version, origin };
}

function foldOne(state: Reservation, version: number, event: RecordedEvent): Reservation {
  try {
    if (event.version !== version + 1) throw new Error(`expected version ${version + 1}`);
    const decoded = decodeEvent(event);
    if (decoded.kind === 'known') return evolve(state, decoded.event);
  } catch (error) {
    throw corrupt(event, error);
  }
  throw newer(event);
}

function originOf({ metadata: { correlationId, traceparent, caller } }: RecordedEvent): Origin {
  return { correlationId, traceparent, caller };
}

function newer(event: RecordedEvent): ReservationError {
  const what = `${event.type}, schema version ${event.schemaVersion}, which this release does not know`;
  const message = `the event at ${placeOf(event)} is ${what}: a later release wrote it; use that release or a later one`;
  return new ReservationError('STORE_NEWER', message);
}

function corrupt(event: RecordedEvent, cause: unknown): ReservationError {
  const where = placeOf(event);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ReservationError('STORE_CORRUPT', `the event at ${where} cannot be folded: ${why}`, { cause });
}

function placeOf({ position, stream, version }: RecordedEvent): string {
  return `position ${position}, stream ${stream}, version ${version}`;
}
