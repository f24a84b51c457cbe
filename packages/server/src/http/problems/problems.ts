import type { AnswerHeader } from '../wire/headers.ts';
import type { ValidationType } from './validation-types.ts';

/** Status, title and occasion of an error code. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** When it happens, for the documentation. */
  readonly when: string;
  /** Headers that an answer with it may have, beside those of every answer. */
  readonly headers?: readonly AnswerHeader[];
  /** What `detail` is. Default: a text. */
  readonly detail?: 'entries' | 'reservation';
}

/** The stable code of an error. */
export type ProblemCode =
  | 'malformed_idempotency_key'
  | 'unauthenticated'
  | 'insufficient_scope'
  | 'not_found'
  | 'reservation_not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'request_timeout'
  | 'idempotency_key_in_progress'
  | 'body_too_large'
  | 'expectation_failed'
  | 'unsupported_content_encoding'
  | 'validation_failed'
  | 'idempotency_key_reused'
  | 'rate_limited'
  | 'malformed_request'
  | 'headers_too_large'
  | 'internal_error'
  | 'body_already_consumed'
  | 'authentication_unavailable'
  | 'payment_unavailable'
  | 'store_unavailable'
  | 'store_newer'
  | 'shutting_down'
  | 'too_many_streams'
  | 'too_many_connections'
  | 'overloaded';

/** Every error that the service answers. Codes and status numbers never change; titles may. */
export const PROBLEMS: { readonly [Code in ProblemCode]: ProblemKind } = {
  malformed_request: {
    status: 400,
    title: 'Bad Request',
    when: 'what arrived is not HTTP, or has not one Host header',
  },
  malformed_idempotency_key: {
    status: 400,
    title: 'Malformed Idempotency-Key',
    when: 'the Idempotency-Key is empty, too long or holds other than visible ASCII characters',
  },
  unauthenticated: {
    status: 401,
    title: 'Unauthenticated',
    when: 'authentication is on, and the request has no valid credential',
    headers: ['WWW-Authenticate'],
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient Scope',
    when: 'authentication is on, and the credential lacks the scope that `detail` names',
    headers: ['WWW-Authenticate'],
  },
  not_found: { status: 404, title: 'Not Found', when: 'no such path' },
  reservation_not_found: { status: 404, title: 'Reservation Not Found', when: 'no reservation has this id' },
  method_not_allowed: {
    status: 405,
    title: 'Method Not Allowed',
    when: 'the path exists; `Allow` lists its methods',
    headers: ['Allow'],
  },
  not_acceptable: {
    status: 406,
    title: 'Not Acceptable',
    when: 'the client does not accept the only form that there is: `text/event-stream`',
  },
  request_timeout: { status: 408, title: 'Request Timeout', when: 'headers or body did not arrive in time' },
  idempotency_key_in_progress: {
    status: 409,
    title: 'Request In Progress',
    when: 'the first request with this Idempotency-Key is still being processed; ask again after `Retry-After`',
    headers: ['Location', 'Retry-After'],
  },
  body_too_large: { status: 413, title: 'Content Too Large', when: 'the body is larger than the limit' },
  unsupported_content_encoding: {
    status: 415,
    title: 'Unsupported Content-Encoding',
    when: 'the body is compressed',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation Failed',
    when: 'the request has an `Expect` other than `100-continue`',
  },
  validation_failed: {
    status: 422,
    title: 'Validation Failed',
    when: 'the body or a parameter is not what it should be',
    detail: 'entries',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key Reused',
    when: 'the Idempotency-Key belongs to a request with another body',
  },
  rate_limited: {
    status: 429,
    title: 'Too Many Requests',
    when: 'more requests than the rate limit allows: nothing of this one was stored or charged; ask again after `Retry-After`',
    headers: ['Retry-After'],
  },
  headers_too_large: {
    status: 431,
    title: 'Request Header Fields Too Large',
    when: 'the headers are larger than 16 KiB, or more than 1,000 lines',
  },
  internal_error: {
    status: 500,
    title: 'Internal Server Error',
    when: 'a fault of ours; the log has it under the request id',
  },
  body_already_consumed: {
    status: 500,
    title: 'Body Already Consumed',
    when: 'the application around the handler read the body and left nothing of it',
  },
  authentication_unavailable: {
    status: 503,
    title: 'Authentication Unavailable',
    when: 'authentication is on, and the credential cannot be checked now; nothing was done',
    headers: ['Retry-After'],
  },
  payment_unavailable: {
    status: 503,
    title: 'Payment Service Unavailable',
    when: 'the payment service cannot be reached; `detail` names the reservation',
    headers: ['Location', 'Retry-After', 'Idempotent-Replayed'],
    detail: 'reservation',
  },
  store_newer: {
    status: 503,
    title: 'Store Newer',
    when: 'a later release has changed the reservation, during an upgrade of the servers',
    headers: ['Retry-After'],
  },
  store_unavailable: {
    status: 503,
    title: 'Store Unavailable',
    when: 'the database cannot be read or written now',
    headers: ['Retry-After'],
  },
  shutting_down: {
    status: 503,
    title: 'Shutting Down',
    when: 'the server is stopping and takes no new work',
    headers: ['Retry-After'],
  },
  too_many_streams: {
    status: 503,
    title: 'Too Many Streams',
    when: 'as many event streams are open on this server as may be; ask again after `Retry-After`',
    headers: ['Retry-After'],
  },
  too_many_connections: {
    status: 503,
    title: 'Too Many Connections',
    when: 'as many connections are open to this server as may be: nothing was done; ask again after `Retry-After`',
    headers: ['Retry-After'],
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    when: 'as many requests are under way as may be: nothing of this one was stored or charged',
    headers: ['Retry-After'],
  },
};

/** One fault of a request, in FastAPI's shape. */
export interface ValidationEntry {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: ValidationType;
}

/** The reservation that a request opened before it failed. */
export interface ReservationDetail {
  readonly reservation_id: string;
  readonly status: string;
  readonly message: string;
}

/** An error on its way to the client. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string | readonly ValidationEntry[] | ReservationDetail;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request that a problem belongs to. */
export interface Occurrence {
  /** Path of the request. */
  readonly instance: string;
  readonly requestId: string;
}

/** Content type of a clean problem document (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** Returns the URI that names a kind of problem. A URN: it stays the same wherever the service is mounted. */
export function problemType(code: ProblemCode): string {
  return `urn:reservations:problem:${code}`;
}

/** Returns the default body: `detail` as FastAPI has it, the members of RFC 9457 beside it. */
export function problemBody(problem: Problem, occurrence: Occurrence): Record<string, unknown> {
  return { detail: problem.detail, ...commonMembers(problem, occurrence) };
}

/** Returns the body for a client that accepts {@link PROBLEM_JSON}: `detail` is a text, all other facts have members of their own. */
export function problemDocument(problem: Problem, occurrence: Occurrence): Record<string, unknown> {
  const { detail } = problem;
  const common = commonMembers(problem, occurrence);
  if (typeof detail === 'string') return { ...common, detail };
  if (isEntries(detail)) {
    const text = detail.map((entry) => `${entry.loc.join('.')}: ${entry.msg}`).join('; ');
    return { ...common, detail: text, errors: detail };
  }
  const { reservation_id, status, message } = detail;
  return { ...common, detail: message, reservation_id, reservation_status: status };
}

/** An error as it is sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Returns the answer in the form that the client asks for with `Accept`. */
export function answerOf(problem: Problem, occurrence: Occurrence, accept: string): ProblemAnswer {
  const { status } = PROBLEMS[problem.code];
  return asksForProblemJson(accept)
    ? { status, contentType: PROBLEM_JSON, body: JSON.stringify(problemDocument(problem, occurrence)) }
    : { status, contentType: 'application/json', body: JSON.stringify(problemBody(problem, occurrence)) };
}

/** True when the type is named, not merely covered by a wildcard: old clients send wildcards. */
function asksForProblemJson(accept: string): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === PROBLEM_JSON && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function commonMembers(problem: Problem, occurrence: Occurrence): Record<string, unknown> {
  const { status, title } = PROBLEMS[problem.code];
  return {
    type: problemType(problem.code),
    title,
    status,
    instance: occurrence.instance,
    code: problem.code,
    request_id: occurrence.requestId,
  };
}

function isEntries(detail: Exclude<Problem['detail'], string>): detail is readonly ValidationEntry[] {
  return Array.isArray(detail);
}
