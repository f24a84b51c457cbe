import type { Scope } from '../../auth/scopes.ts';
import type { ProblemCode } from '../problems/problems.ts';
import type { AnswerHeader, RequestHeader } from './headers.ts';
import { LIST_PARAMETERS } from '../reservations/list-request.ts';
import type { Parameter } from './parameter.ts';
import type { SchemaName } from './schemas.ts';

/** An answer of an operation that is no error. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** Schema of a JSON body. */
  readonly body?: SchemaName;
  /** Content types of a body that is not JSON. */
  readonly types?: readonly string[];
  /** Beside those of every answer. */
  readonly headers?: readonly AnswerHeader[];
}

/** What a request can be answered with. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** Errors, beside those of every request. */
  readonly problems: readonly ProblemCode[];
}

/** A method of a path: what it takes and what it answers. `HEAD` of a path is its `GET` without the body. */
export interface Operation extends Answers {
  /** Names the function of generated clients; made as FastAPI makes it, and never changed. */
  readonly operationId: string;
  readonly method: 'get' | 'post';
  /** Parameters in braces. */
  readonly path: `/${string}`;
  readonly tag: 'reservations' | 'health' | 'service';
  /** What the sender must hold when authentication is on; null for an operation that shows no data and is open to all. */
  readonly scope: Scope | null;
  /** True for an operation that needs no credential from the machine itself. */
  readonly isOpenToThisMachine?: true;
  /** True for an operation whose answers no page of another origin may read. */
  readonly isHiddenFromPages?: true;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path with their descriptions. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  /** Beside those of every operation. */
  readonly headers?: readonly RequestHeader[];
  readonly body?: SchemaName;
  /** False for an operation that the rate limit does not count. */
  readonly isLimited?: boolean;
  /** False for an operation that describes the others: it is not in the document. */
  readonly isListed?: boolean;
}

/** The name of an operation inside the service. */
export type OperationName =
  | 'root'
  | 'live'
  | 'ready'
  | 'status'
  | 'createReservation'
  | 'listReservations'
  | 'getReservation'
  | 'getHistory'
  | 'events'
  | 'document'
  | 'page'
  | 'pageFile';

/** Parameter of what begins behind a position. */
const AFTER: Parameter = {
  description: 'Position behind which the events begin; 0 is the start. `Last-Event-ID` wins.',
  schema: { type: 'integer', minimum: 0 },
};

/** Headers of an answer that a client may keep, and ask for again with `If-None-Match`. */
const VALIDATORS: readonly AnswerHeader[] = ['ETag', 'Cache-Control'];

/** Headers of what a browser loads as a page. */
const PAGE_HEADERS: readonly AnswerHeader[] = [...VALIDATORS, 'Content-Security-Policy', 'Referrer-Policy'];

const NOT_MODIFIED = 'The client has what it asks for, as it is now.';

/** Everything that the service answers, by operation. Routes, document and documentation are made of it. */
export const OPERATIONS: { readonly [Name in OperationName]: Operation } = {
  root: {
    operationId: 'root__get',
    method: 'get',
    path: '/',
    tag: 'service',
    scope: null,
    summary: 'Greets and says where things are',
    answers: [{ status: 200, description: 'The greeting.', body: 'Root' }],
    problems: [],
  },
  live: {
    operationId: 'live_health_live_get',
    method: 'get',
    path: '/health/live',
    tag: 'health',
    isLimited: false,
    scope: null,
    summary: 'Tells that the process answers',
    description: 'Does not depend on the database or the payment service.',
    answers: [{ status: 200, description: 'The process answers.', body: 'Live' }],
    problems: [],
  },
  ready: {
    operationId: 'ready_health_ready_get',
    method: 'get',
    path: '/health/ready',
    tag: 'health',
    isLimited: false,
    scope: null,
    summary: 'Tells whether work may be sent here',
    description: 'Independent of the payment service.',
    answers: [
      { status: 200, description: 'Work may be sent here.', body: 'Ready' },
      { status: 503, description: 'The server starts or stops, or the database cannot be written.', body: 'NotReady' },
    ],
    problems: [],
  },
  status: {
    operationId: 'status_health_status_get',
    method: 'get',
    path: '/health/status',
    tag: 'health',
    isLimited: false,
    scope: 'ops:read',
    isOpenToThisMachine: true,
    isHiddenFromPages: true,
    summary: 'Tells the state of the server and of what it depends on',
    description:
      'For operators: answered to requests from the machine itself, unless the server is set otherwise, and never ' +
      'readable by pages of other origins.',
    answers: [
      { status: 200, description: 'The state, good or bad.', body: 'ServerStatus', headers: ['Cache-Control'] },
    ],
    problems: ['not_found'],
  },
  createReservation: {
    operationId: 'create_reservation_reservations_post',
    method: 'post',
    path: '/reservations',
    tag: 'reservations',
    scope: 'reservations:write',
    summary: 'Makes a reservation and charges it',
    description: 'Answers when the payment has an outcome, or when it is clear that the outcome is unknown for now.',
    headers: ['Idempotency-Key'],
    body: 'ReservationRequest',
    answers: [
      {
        status: 200,
        description: 'The payment was approved (RESERVATION_CONFIRMED) or declined (RESERVATION_FAILED).',
        body: 'Reservation',
        headers: ['Location', 'Idempotent-Replayed'],
      },
      {
        status: 202,
        description:
          'The outcome of the payment is unknown. It is settled in the background: poll the Location until the status changes.',
        body: 'Reservation',
        headers: ['Location', 'Retry-After', 'Idempotent-Replayed'],
      },
    ],
    problems: [
      'malformed_idempotency_key',
      'idempotency_key_in_progress',
      'body_too_large',
      'unsupported_content_encoding',
      'validation_failed',
      'idempotency_key_reused',
      'body_already_consumed',
      'payment_unavailable',
      'store_unavailable',
      'store_newer',
      'overloaded',
    ],
  },
  listReservations: {
    operationId: 'list_reservations_reservations_get',
    method: 'get',
    path: '/reservations',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Lists reservations, page by page',
    description: 'In the order of their creation, or the newest first. All conditions must be met.',
    query: LIST_PARAMETERS,
    answers: [{ status: 200, description: 'A page.', body: 'ReservationPage', headers: ['Cache-Control'] }],
    problems: ['validation_failed', 'store_unavailable', 'overloaded'],
  },
  getReservation: {
    operationId: 'get_reservation_reservations__reservation_id__get',
    method: 'get',
    path: '/reservations/{reservation_id}',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Returns a reservation in its current state',
    parameters: { reservation_id: 'Id of the reservation.' },
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The reservation.', body: 'Reservation', headers: VALIDATORS },
      { status: 304, description: NOT_MODIFIED, headers: VALIDATORS },
    ],
    problems: ['reservation_not_found', 'store_unavailable', 'store_newer'],
  },
  getHistory: {
    operationId: 'get_history_reservations__reservation_id__events_get',
    method: 'get',
    path: '/reservations/{reservation_id}/events',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Returns what happened to a reservation',
    description:
      'As JSON, or for a client that prefers `text/event-stream` as a stream that goes on with new events. Each `data:` ' +
      'of it is a `StreamedEvent`.',
    parameters: { reservation_id: 'Id of the reservation.' },
    query: { after: AFTER },
    headers: ['Last-Event-ID'],
    answers: [
      {
        status: 200,
        description: 'All events.',
        body: 'History',
        types: ['text/event-stream'],
        headers: ['Cache-Control', 'X-Accel-Buffering'],
      },
    ],
    problems: [
      'reservation_not_found',
      'validation_failed',
      'store_unavailable',
      'store_newer',
      'overloaded',
      'too_many_streams',
    ],
  },
  events: {
    operationId: 'get_events_events_get',
    method: 'get',
    path: '/events',
    tag: 'reservations',
    scope: 'ops:read',
    summary: 'Streams what happens to all reservations',
    description:
      'Behind `Last-Event-ID` or `after`, else from now on. `id:` is the position of an event, `event:` its type, each ' +
      '`data:` a `StreamedEvent`.',
    query: { after: AFTER },
    headers: ['Last-Event-ID'],
    answers: [
      {
        status: 200,
        description:
          'The stream. It goes on until the client ends it, its credential is worth nothing any more, or the server stops.',
        types: ['text/event-stream'],
        headers: ['Cache-Control', 'X-Accel-Buffering'],
      },
    ],
    problems: ['not_acceptable', 'validation_failed', 'store_unavailable', 'too_many_streams'],
  },
  document: {
    operationId: 'openapi_openapi_json_get',
    method: 'get',
    path: '/openapi.json',
    tag: 'service',
    scope: null,
    summary: 'Returns the OpenAPI 3.1 document of the API',
    isListed: false,
    isLimited: false,
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The document.', types: ['application/json'], headers: VALIDATORS },
      { status: 304, description: NOT_MODIFIED, headers: VALIDATORS },
    ],
    problems: [],
  },
  page: {
    operationId: 'docs_docs_get',
    method: 'get',
    path: '/docs',
    tag: 'service',
    scope: null,
    summary: 'Shows the API as an interactive page',
    isListed: false,
    isLimited: false,
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The page.', types: ['text/html'], headers: PAGE_HEADERS },
      { status: 304, description: NOT_MODIFIED, headers: PAGE_HEADERS },
    ],
    problems: [],
  },
  pageFile: {
    operationId: 'docs_file_docs__file__get',
    method: 'get',
    path: '/docs/{file}',
    tag: 'service',
    scope: null,
    summary: 'Returns a file of that page',
    isListed: false,
    isLimited: false,
    parameters: { file: 'Name of the file.' },
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The file.', types: ['text/css', 'text/javascript'], headers: PAGE_HEADERS },
      { status: 304, description: NOT_MODIFIED, headers: PAGE_HEADERS },
    ],
    problems: ['not_found'],
  },
};

/** Names of all operations. */
export const OPERATION_NAMES: readonly OperationName[] = Object.keys(OPERATIONS) as OperationName[];

/** Returns the errors of an operation, beside those of every request. */
export function problemsOf({ problems, scope, isLimited = true }: Operation): readonly ProblemCode[] {
  return [
    ...problems,
    ...(isLimited ? (['rate_limited'] as const) : []),
    ...(scope === null ? [] : AUTHORIZATION_PROBLEMS),
  ];
}

/** Headers of requests that every operation reads. */
export const COMMON_REQUEST_HEADERS: readonly RequestHeader[] = ['X-Request-Id', 'traceparent'];

/** Errors that the answer to any request can be. */
export const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'malformed_request',
  'request_timeout',
  'expectation_failed',
  'headers_too_large',
  'internal_error',
  'shutting_down',
];

/** Errors that the answer to an operation with a scope can be, when authentication is on. */
const AUTHORIZATION_PROBLEMS: readonly ProblemCode[] = [
  'unauthenticated',
  'insufficient_scope',
  'authentication_unavailable',
];

/** What is answered to a request that is none of an operation. */
export const UNROUTED: Answers = { answers: [], problems: ['not_found', 'method_not_allowed', 'rate_limited'] };

/** What is answered to `OPTIONS` that is no preflight, on every path. */
export const OPTIONS: Answers = {
  answers: [{ status: 204, description: 'The methods of the path.', headers: ['Allow'] }],
  problems: ['not_found', 'rate_limited'],
};

/** What is answered to a preflight, on every path. */
export const PREFLIGHT: Answers = {
  answers: [
    {
      status: 200,
      description: 'What pages of the origin may send.',
      types: ['text/plain'],
      headers: ['Access-Control-Allow-Methods', 'Access-Control-Allow-Headers', 'Access-Control-Max-Age'],
    },
  ],
  problems: [],
};
