import type { WireEvent } from '../http/events/wire.ts';
import type { WireReservation, WireReservationPage } from '../http/reservations/wire.ts';
import { type Answer, errorOf, type Heard, isTransient, membersOf, reservationOf, retryAfterOf } from './answer.ts';
import { exchange } from './connection.ts';
import { ReservationsUnreachableError } from './errors.ts';
import type { Settings } from './options.ts';
import { startRetries } from './retries.ts';
import { pause } from './timer.ts';

/** How something is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** Reads a reservation; repeats the request while the service takes none. */
export async function readReservation(
  settings: Settings,
  reservationId: string,
  { signal }: ReadOptions,
): Promise<WireReservation> {
  const answer = await read(settings, pathOf(reservationId), signal);
  const reservation = answer.status === 200 ? reservationOf(answer) : null;
  if (reservation === null) throw errorOf(answer, null);
  return reservation;
}

/** Reads all events of a reservation. */
export async function readHistory(
  settings: Settings,
  reservationId: string,
  { signal }: ReadOptions,
): Promise<readonly WireEvent[]> {
  const answer = await read(settings, `${pathOf(reservationId)}/events`, signal);
  const { events } = membersOf(answer.body);
  if (answer.status !== 200 || !Array.isArray(events)) throw errorOf(answer, null);
  return events as readonly WireEvent[];
}

/** Which reservations are listed; all conditions must be met. */
export interface ListOptions extends ReadOptions {
  readonly userId?: string;
  readonly status?: WireReservation['status'];
  readonly reference?: string;
  readonly transactionId?: string;
  /** "asc", the default: in the order of creation. "desc": the newest first. */
  readonly order?: 'asc' | 'desc';
  /** Number of reservations that are read at a time, 1 to 200. Default: 50. */
  readonly pageSize?: number;
}

/** Reads reservations page by page. */
export async function* listReservations(
  settings: Settings,
  { userId, status, reference, transactionId, order, pageSize, signal }: ListOptions,
): AsyncGenerator<WireReservation, undefined> {
  const conditions = { user_id: userId, status, reference, transaction_id: transactionId, order, limit: pageSize };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(conditions)) if (value !== undefined) query.set(name, String(value));
  for (;;) {
    const answer = await read(settings, `/reservations?${query.toString()}`, signal);
    const { reservations, next } = membersOf(answer.body);
    if (answer.status !== 200 || !Array.isArray(reservations)) throw errorOf(answer, null);
    yield* reservations as WireReservationPage['reservations'];
    // A page may be empty and have a next one.
    if (typeof next !== 'string') return;
    query.set('after', next);
  }
}

/** Sends one request for a reservation. */
export function readOnce(
  { connection }: Settings,
  reservationId: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Heard> {
  return exchange(connection, { method: 'GET', path: pathOf(reservationId), timeoutMs, signal });
}

function pathOf(reservationId: string): `/${string}` {
  return `/reservations/${encodeURIComponent(reservationId)}`;
}

/**
 * Sends a request that only reads, until it has an answer. @throws {ReservationsUnreachableError} without one.
 */
async function read(settings: Settings, path: `/${string}`, signal: AbortSignal | undefined): Promise<Answer> {
  const retries = startRetries(settings);
  for (;;) {
    const timeoutMs = Math.min(settings.timeoutMs, Math.max(1, retries.remainingMs()));
    const heard = await exchange(settings.connection, { method: 'GET', path, timeoutMs, signal });
    signal?.throwIfAborted();
    const pauseMs = isTransient(heard) ? retries.next(retryAfterOf(heard)) : null;
    if (pauseMs !== null) await pause(pauseMs, signal);
    else if (heard.kind === 'none') throw new ReservationsUnreachableError(heard.cause);
    else return heard;
  }
}
