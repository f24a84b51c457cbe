import type { ValidationEntry } from '../http/problems/problems.ts';
import type { WireReservation } from '../http/reservations/wire.ts';
import { type ApiErrorFacts, ReservationsApiError } from './errors.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Headers;
  /** The JSON value; null when the body is not JSON. */
  readonly body: unknown;
}

/** What came of a request that was sent: an answer, or none, with the fault that tells why. */
export type Heard = Answer | { readonly kind: 'none'; readonly cause: unknown };

/** Statuses of a service that takes no work now, or of a proxy that cannot reach it. */
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** True when the same request may be answered otherwise later. */
export function isTransient(heard: Heard): boolean {
  return heard.kind === 'none' || isTransientStatus(heard.status);
}

/** True for a status of a service that may answer otherwise later. */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT.has(status);
}

/** Returns the reservation of a body, null when it is none of this API. */
export function reservationOf({ body }: Answer): WireReservation | null {
  const { reservation_id, status } = membersOf(body);
  return typeof reservation_id === 'string' && isStatus(status) ? (body as WireReservation) : null;
}

function isStatus(status: unknown): status is WireReservation['status'] {
  return status === 'RESERVATION_CREATED' || status === 'RESERVATION_CONFIRMED' || status === 'RESERVATION_FAILED';
}

/** The code of an error; null when the answer is none, or not one of the service. */
export function codeOf({ body }: Answer): ApiErrorFacts['code'] {
  return textOf(membersOf(body)['code']);
}

/** Returns the error of an answer. */
export function errorOf(answer: Answer, idempotencyKey: string | null): ReservationsApiError {
  const { detail, errors, request_id } = membersOf(answer.body);
  const facts: ApiErrorFacts = {
    code: codeOf(answer),
    status: answer.status,
    detail: textOf(detail) ?? describeForeign(answer),
    faults: Array.isArray(errors) ? (errors as readonly ValidationEntry[]) : [],
    requestId: textOf(request_id) ?? answer.headers.get('X-Request-Id'),
    retryAfterMs: retryAfterOf(answer),
  };
  return new ReservationsApiError(facts, idempotencyKey);
}

/** The status 0 is a redirect in a browser. */
function describeForeign({ status }: Answer): string {
  if (status === 0 || (status >= 300 && status < 400)) return 'redirected; baseUrl has to be where the service is';
  return 'not an answer of the reservation service';
}

/** Milliseconds of `Retry-After`, from seconds or from a date; null without one. */
export function retryAfterOf(heard: Heard): number | null {
  const text = heard.kind === 'none' ? null : heard.headers.get('Retry-After');
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** Members of a JSON object; none of any other value. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text, or null for any other value. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
