import type { ProblemCode, ValidationEntry } from '../http/problems/problems.ts';

/** A code that this release of the client does not know: later releases of the service may add some. */
type LaterCode = string & Record<never, never>;

/** What an answer with an error says. */
export interface ApiErrorFacts {
  /** Null when the answer is not one of the service, but of a proxy in front of it. */
  readonly code: ProblemCode | LaterCode | null;
  /** The HTTP status. */
  readonly status: number;
  /** What happened, for people; may change. */
  readonly detail: string;
  /** The faults of the request; empty unless the code is `validation_failed`. */
  readonly faults: readonly ValidationEntry[];
  /** Id of the request in the log of the service. */
  readonly requestId: string | null;
  /** `Retry-After`. */
  readonly retryAfterMs: number | null;
}

/**
 * The service answered with an error. Thrown by `create`, it means that no request of that call made a reservation: a
 * call of which one request is without an answer ends with {@link ReservationOutcomeUnknownError} instead.
 */
export class ReservationsApiError extends Error implements ApiErrorFacts {
  override readonly name = 'ReservationsApiError';
  readonly code: ApiErrorFacts['code'];
  readonly status: number;
  readonly detail: string;
  readonly faults: readonly ValidationEntry[];
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  /** The key of the request; null for a request that only reads. */
  readonly idempotencyKey: string | null;

  constructor(facts: ApiErrorFacts, idempotencyKey: string | null) {
    super(`${facts.code ?? `HTTP ${facts.status}`}: ${facts.detail}`);
    this.code = facts.code;
    this.status = facts.status;
    this.detail = facts.detail;
    this.faults = facts.faults;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.idempotencyKey = idempotencyKey;
  }
}

/**
 * The tries to make a reservation ended, and it is not known what came of it: it may exist and may have been charged.
 * Call `create` again with the same request and this key, now or later, until there is an answer. `cause` is the last
 * fault: an error of `fetch`, a {@link ReservationsApiError}, or the reason of the caller's signal.
 */
export class ReservationOutcomeUnknownError extends Error {
  override readonly name = 'ReservationOutcomeUnknownError';
  readonly idempotencyKey: string;
  /** Id of the reservation, when an earlier answer has told it. */
  readonly reservationId: string | null;

  constructor(idempotencyKey: string, reservationId: string | null, cause: unknown) {
    super(`it is not known what came of the request; repeat it with the same key: ${idempotencyKey}`, { cause });
    this.idempotencyKey = idempotencyKey;
    this.reservationId = reservationId;
  }
}

/** A request that only reads had no answer. `cause` is the last fault. */
export class ReservationsUnreachableError extends Error {
  override readonly name = 'ReservationsUnreachableError';

  constructor(cause: unknown) {
    super('the service did not answer', { cause });
  }
}
