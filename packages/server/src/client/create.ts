import type { WireRequest } from '../http/reservations/request.ts';
import { type Answer, codeOf, errorOf, type Heard, isTransient, retryAfterOf } from './answer.ts';
import { exchange } from './connection.ts';
import { ReservationOutcomeUnknownError } from './errors.ts';
import { randomKey, readKey } from './idempotency-key.ts';
import type { Settings } from './options.ts';
import { type ReservationResult, resultOf } from './result.ts';
import { startRetries } from './retries.ts';
import { pause } from './timer.ts';

/** How a reservation is made. */
export interface CreateOptions {
  /** 1 to 255 visible ASCII characters. Default: a random one, which the result and the errors have. */
  readonly idempotencyKey?: string;
  /** Ends the call. The request may have been executed, if one was sent. */
  readonly signal?: AbortSignal;
}

/** A result, and the pause that its answer asks for. */
export interface Created {
  readonly result: ReservationResult;
  readonly retryAfterMs: number | null;
}

/** Sends one request until it has an answer, always with the same key and body. */
export async function createReservation(
  settings: Settings,
  request: WireRequest,
  { idempotencyKey = randomKey(), signal }: CreateOptions,
): Promise<Created> {
  const key = readKey(idempotencyKey);
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  const body = JSON.stringify(request);
  const retries = startRetries(settings);
  /** Whether a request of this call may have made a reservation. The outcome of a call is the worst of its requests. */
  let isUnknown = false;

  const fault = (cause: unknown): unknown => (isUnknown ? new ReservationOutcomeUnknownError(key, null, cause) : cause);

  for (;;) {
    const timeoutMs = Math.min(settings.timeoutMs, Math.max(1, retries.remainingMs()));
    const call = { method: 'POST', path: '/reservations', headers, body, timeoutMs, signal } as const;
    const heard = await exchange(settings.connection, call).catch((cause: unknown) => {
      throw fault(cause);
    });
    const result = heard.kind === 'none' ? null : resultOf(heard, key);
    if (result !== null) return { result, retryAfterMs: retryAfterOf(heard) };

    isUnknown ||= !isRefused(heard);
    const cause = heard.kind === 'none' ? heard.cause : errorOf(heard, key);
    const pauseMs = isSafeToRepeat(heard) && signal?.aborted !== true ? retries.next(retryAfterOf(heard)) : null;
    if (pauseMs === null) throw fault(cause);
    await pause(pauseMs, signal).catch((reason: unknown) => {
      throw fault(reason);
    });
  }
}

/** True when the same request with the same key can have an answer later. */
function isSafeToRepeat(heard: Heard): boolean {
  return isTransient(heard) || (heard.kind === 'answer' && codeOf(heard) === 'idempotency_key_in_progress');
}

/** True for an answer that says that its request did nothing. */
function isRefused(heard: Heard): boolean {
  return heard.kind === 'answer' && (isClientsFault(heard) || isNotBegun(heard));
}

function isClientsFault(answer: Answer): boolean {
  const isDone = answer.status >= 200 && answer.status < 300;
  return !isDone && answer.status < 500 && codeOf(answer) !== 'idempotency_key_in_progress';
}

function isNotBegun(answer: Answer): boolean {
  const code = codeOf(answer);
  return code === 'overloaded' || code === 'shutting_down';
}
