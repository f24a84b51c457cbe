import type { ProblemCode } from '../problems/problems.ts';
import type { RequestHeader } from './headers.ts';
import type { Answers, Operation } from './operation.ts';
import { DOCUMENTATION_OPERATIONS } from './operations/documentation.ts';
import { EVENT_OPERATIONS } from './operations/events.ts';
import { HEALTH_OPERATIONS } from './operations/health.ts';
import { RESERVATION_OPERATIONS } from './operations/reservations.ts';

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
  ...HEALTH_OPERATIONS,
  ...RESERVATION_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...DOCUMENTATION_OPERATIONS,
};

/** The name of an operation inside the service. */
export type OperationName =
  | 'root'
  | keyof typeof HEALTH_OPERATIONS
  | keyof typeof RESERVATION_OPERATIONS
  | keyof typeof EVENT_OPERATIONS
  | keyof typeof DOCUMENTATION_OPERATIONS;

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
  'too_many_connections',
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
