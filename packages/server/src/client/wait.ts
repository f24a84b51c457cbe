import type { WireRequest } from '../http/reservations/request.ts';
import type { WireReservation } from '../http/reservations/wire.ts';
import { errorOf, type Heard, isTransient, reservationOf, retryAfterOf } from './answer.ts';
import { type CreateOptions, createReservation } from './create.ts';
import { ReservationOutcomeUnknownError } from './errors.ts';
import { type Settings, whole } from './options.ts';
import { readOnce } from './read.ts';
import { type ReservationResult, resultWith } from './result.ts';
import { startRetries } from './retries.ts';
import { pause } from './timer.ts';

/** How a reservation is made and its verdict awaited. */
export interface WaitOptions extends CreateOptions {
  /** Time for the verdict once the reservation exists, in milliseconds. Default: 60,000. */
  readonly waitMs?: number;
}

const WAIT_MS = 60_000;

/** Makes a reservation and polls it until it has a verdict or the time is over. */
export async function createAndWait(
  settings: Settings,
  request: WireRequest,
  { waitMs = WAIT_MS, ...options }: WaitOptions,
): Promise<ReservationResult> {
  whole('waitMs', waitMs);
  const created = await createReservation(settings, request, options);
  const { idempotencyKey, outcome, reservationId, isReplayed } = created.result;
  if (outcome !== 'pending') return created.result;

  const polls = startRetries({ attempts: Number.POSITIVE_INFINITY, totalMs: waitMs });
  let { result, retryAfterMs } = created;
  try {
    for (;;) {
      const pauseMs = polls.next(retryAfterMs);
      if (pauseMs === null) return result;
      await pause(pauseMs, options.signal);
      const timeoutMs = Math.min(settings.timeoutMs, Math.max(1, polls.remainingMs()));
      const heard = await readOnce(settings, reservationId, timeoutMs, options.signal);
      options.signal?.throwIfAborted();
      const reservation = stateOf(heard);
      if (reservation !== null) result = resultWith(reservation, { idempotencyKey, isReplayed });
      if (result.outcome !== 'pending') return result;
      retryAfterMs = retryAfterOf(heard);
    }
  } catch (cause) {
    throw new ReservationOutcomeUnknownError(idempotencyKey, reservationId, cause);
  }
}

/** The reservation that was read; null when there is no answer for now. @throws {ReservationsApiError} for any other answer. */
function stateOf(heard: Heard): WireReservation | null {
  const reservation = heard.kind === 'answer' && heard.status === 200 ? reservationOf(heard) : null;
  if (reservation === null && heard.kind === 'answer' && !isTransient(heard)) throw errorOf(heard, null);
  return reservation;
}
