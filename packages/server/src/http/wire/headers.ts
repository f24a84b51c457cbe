import { IDEMPOTENCY_KEY_HEADER } from '../reservations/request.ts';
import type { Schema } from './schema.ts';

/** A header, with the schema of its value. */
export interface Header {
  readonly description: string;
  readonly schema: Schema;
}

/** A header of a request that the service reads, beside those of HTTP itself. */
export type RequestHeader = 'Idempotency-Key' | 'If-None-Match' | 'Last-Event-ID' | 'X-Request-Id' | 'traceparent';

/** Headers of requests. All are optional. */
export const REQUEST_HEADERS: { readonly [Name in RequestHeader]: Header } = {
  'Idempotency-Key': {
    description: 'Makes the request safe to repeat: the same key and the same body return the same reservation.',
    schema: IDEMPOTENCY_KEY_HEADER,
  },
  'If-None-Match': {
    description: 'ETags of what the client has, or `*`: 304 when one of them is the current one.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    description: 'Position of the last event that the client has: the stream goes on behind it.',
    schema: { type: 'integer', minimum: 0 },
  },
  'X-Request-Id': {
    description: 'Id of the request: 1 to 128 letters, digits or `_ . ~ : / + = -`. Any other value is ignored.',
    schema: { type: 'string' },
  },
  traceparent: {
    description: 'W3C trace context of the caller. A malformed one is ignored.',
    schema: { type: 'string' },
  },
};

/** A header of an answer that pages of other origins may read. */
type ExposedHeader = 'Location' | 'Retry-After' | 'Idempotent-Replayed' | 'X-Request-Id' | 'ETag';

/** A header of an answer, beside those of the framing of HTTP. */
export type AnswerHeader =
  | ExposedHeader
  | 'Allow'
  | 'Cache-Control'
  | 'Content-Security-Policy'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'Referrer-Policy'
  | 'Vary'
  | 'X-Accel-Buffering'
  | 'WWW-Authenticate'
  | 'X-Content-Type-Options'
  | 'Access-Control-Allow-Origin'
  | 'Access-Control-Expose-Headers'
  | 'Access-Control-Allow-Methods'
  | 'Access-Control-Allow-Headers'
  | 'Access-Control-Max-Age';

const EXPOSED: { readonly [Name in ExposedHeader]: Header } = {
  Location: {
    description: 'Path of the reservation, with the path where the service is mounted before it.',
    schema: { type: 'string', pattern: '/reservations/RES-' },
  },
  'Retry-After': {
    description: 'Seconds after which the request can be repeated.',
    schema: { type: 'integer', minimum: 1 },
  },
  'Idempotent-Replayed': {
    description: 'The reservation of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'X-Request-Id': {
    description: "Id of the request: the client's own, or a new one.",
    schema: { type: 'string', minLength: 1, maxLength: 128 },
  },
  ETag: {
    description: 'Names what is answered as it is now; of a reservation, its version: `"v2"`.',
    schema: { type: 'string', pattern: '^"[^"]+"$' },
  },
};

/** Names of the headers that pages of other origins may read, beside the few that the Fetch standard lets them read always. */
export const EXPOSED_HEADERS: readonly string[] = Object.keys(EXPOSED);

/** Names of those that they may read besides, on answers that have them. */
export const EXPOSED_WHEN_LIMITED: readonly AnswerHeader[] = ['RateLimit', 'RateLimit-Policy'];

/** Headers of answers. */
export const ANSWER_HEADERS: { readonly [Name in AnswerHeader]: Header } = {
  ...EXPOSED,
  Allow: { description: 'Methods of the path.', schema: { type: 'string' } },
  'Cache-Control': { description: 'Whether the answer may be cached.', schema: { type: 'string' } },
  'Content-Security-Policy': {
    description: 'What the page may load: files of this server only.',
    schema: { type: 'string' },
  },
  RateLimit: {
    description: 'While a rate limit is set: requests that are left (`r`), and seconds until there is one more (`t`).',
    schema: { type: 'string', pattern: '^"default";r=\\d+;t=\\d+$' },
  },
  'RateLimit-Policy': {
    description: 'While a rate limit is set: requests (`q`) within a number of seconds (`w`).',
    schema: { type: 'string', pattern: '^"default";q=\\d+;w=\\d+$' },
  },
  'Referrer-Policy': { description: 'No address of the page is sent on.', schema: { type: 'string' } },
  'X-Content-Type-Options': {
    description: 'The content type is what it says.',
    schema: { type: 'string', enum: ['nosniff'] },
  },
  'X-Accel-Buffering': { description: 'Proxies pass each event on at once.', schema: { type: 'string' } },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750).',
    schema: { type: 'string', pattern: '^Bearer' },
  },
  Vary: { description: 'Headers of the request that the answer depends on.', schema: { type: 'string' } },
  'Access-Control-Allow-Origin': {
    description: 'Origins whose pages may read the answer.',
    schema: { type: 'string' },
  },
  'Access-Control-Expose-Headers': {
    description: 'Headers that these pages may read.',
    schema: { type: 'string' },
  },
  'Access-Control-Allow-Methods': { description: 'Methods that a page may use.', schema: { type: 'string' } },
  'Access-Control-Allow-Headers': { description: 'Headers that a page may send.', schema: { type: 'string' } },
  'Access-Control-Max-Age': {
    description: 'Seconds for which a browser may cache the answer.',
    schema: { type: 'integer', minimum: 1 },
  },
};

/** Headers that every answer may have. */
export const COMMON_HEADERS: readonly AnswerHeader[] = [
  'X-Request-Id',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Vary',
  'X-Content-Type-Options',
  'RateLimit',
  'RateLimit-Policy',
];

/** Headers with one value for every answer: a browser must not take an answer for a page or a script. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
} satisfies { readonly [Name in AnswerHeader]?: string };

/** Headers that every answer has. */
export const REQUIRED_HEADERS: readonly AnswerHeader[] = ['X-Request-Id', 'X-Content-Type-Options'];
