import { expect, test } from 'vitest';
import { type ObservedAnswer, violationsOf } from './answers-fixture.ts';

const RESERVATION = {
  reservation_id: 'RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4',
  status: 'RESERVATION_CONFIRMED',
  transaction_id: 'TXN-1',
  message: 'Payment approved',
  user_id: 'user_123',
  amount: 10.5,
  currency: 'EUR',
  reference: null,
  metadata: {},
  created_at: '2026-01-01T12:00:00.000Z',
  updated_at: '2026-01-01T12:00:00.150Z',
  version: 2,
};

const PROBLEM = {
  detail: 'Not Found',
  type: 'urn:reservations:problem:not_found',
  title: 'Not Found',
  status: 404,
  instance: '/nowhere',
  code: 'not_found',
  request_id: 'r',
};

const GET = { method: 'GET', path: '/reservations/RES-1' };

interface Planted extends Partial<Pick<ObservedAnswer, 'request' | 'status'>> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function answer({ request = GET, status = 200, headers = {}, body = RESERVATION }: Planted): ObservedAnswer {
  const sent = {
    'x-request-id': 'r',
    'x-content-type-options': 'nosniff',
    'content-type': 'application/json',
    ...headers,
  };
  const headersSent = new Map(Object.entries(sent).filter(([, value]) => value !== ''));
  return { request, status, headers: headersSent, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const ROOT = { method: 'GET', path: '/booking' };
const NOWHERE = { method: 'GET', path: '/nowhere' };
const POST = { method: 'POST', path: '/reservations' };
const LINKS = {
  reservations: '/booking/reservations',
  health_live: '/h',
  health_ready: '/h',
  openapi: '/o',
  docs: '/d',
};
const REPLAYED = { 'idempotent-replayed': 'true', location: `/booking/reservations/${RESERVATION.reservation_id}` };

test.each<[string, Planted]>([
  ['a reservation', {}],
  ['one below the path where the service is mounted', { request: { method: 'GET', path: '/a/b/reservations/RES-1' } }],
  ['one that a repeated request brings back', { request: POST, headers: REPLAYED }],
  ['no body behind HEAD', { request: { ...GET, method: 'HEAD' }, body: '' }],
  ['the greeting of a service that is mounted', { request: ROOT, body: { message: 'Hello', links: LINKS } }],
  ['an unknown path', { request: NOWHERE, status: 404, body: PROBLEM }],
  ['what is no request', { request: null, status: 404, body: PROBLEM }],
])('%s is declared', (_, planted) => {
  expect(violationsOf(answer(planted))).toEqual([]);
});

test.each<[string, Planted, RegExp]>([
  ['an undeclared status', { status: 203 }, /203 to GET \/reservations\/RES-1: this status is not declared/],
  ['the status of another operation', { status: 202 }, /this status is not declared/],
  ['an undeclared header', { headers: { 'x-planted': '1' } }, /the header x-planted is not declared/],
  ['the header of another operation', { headers: REPLAYED }, /idempotent-replayed is not declared/],
  [
    'a header with another value',
    { request: POST, headers: { ...REPLAYED, 'idempotent-replayed': 'yes' } },
    /replayed: yes/,
  ],
  ['a header that is missing', { headers: { 'x-request-id': '' } }, /the header X-Request-Id is missing/],
  [
    'a security header that is missing',
    { headers: { 'x-content-type-options': '' } },
    /the header X-Content-Type-Options is missing/,
  ],
  ['an undeclared member', { body: { ...RESERVATION, planted: 1 } }, /must NOT have additional properties/],
  [
    'a member that is missing',
    { body: { ...RESERVATION, version: undefined } },
    /must have required property 'version'/,
  ],
  ['a member of another type', { body: { ...RESERVATION, amount: '10.50' } }, /data\/amount must be number/],
  ['an unknown status of a reservation', { body: { ...RESERVATION, status: 'HELD' } }, /data\/status must be equal/],
  ['another content type', { headers: { 'content-type': 'text/html' } }, /the content type text\/html is not declared/],
  ['a body behind HEAD', { request: { ...GET, method: 'HEAD' } }, /a body behind HEAD/],
  ['an unknown code', { status: 404, body: { ...PROBLEM, code: 'gone' } }, /the code gone is not declared/],
  ['the code of another operation', { status: 404, body: PROBLEM }, /the code not_found is not declared/],
  [
    'the header of another code',
    {
      request: GET,
      status: 503,
      headers: { location: '/reservations/RES-1' },
      body: { ...PROBLEM, code: 'store_newer' },
    },
    /the header location is not declared/,
  ],
])('%s is found', (_, planted, fault) => {
  expect(violationsOf(answer(planted)).join('\n')).toMatch(fault);
});
