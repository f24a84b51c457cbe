import { type ReservationStore, ReservationError } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { createApiKey } from '@reservations/core/operations';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { apiKeyAuthenticator } from '../../auth/api-key-authenticator.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import type { RateLimit } from '../../config/rate-limit.ts';
import { type Scope, SCOPE_NAMES } from '../../auth/scopes.ts';
import type { EndedRequest } from '../../observe/requests.ts';
import type { ServerStatus } from '../../observe/state/status.ts';
import { parseRaw, sendRaw, type Service, startService } from '../service-fixture.ts';
import { OPERATION_NAMES, OPERATIONS } from '../wire/operations.ts';

interface Guarded extends Service {
  readonly lines: string[];
  readonly ended: EndedRequest[];
  key(name: string, ...scopes: readonly Scope[]): Promise<{ readonly Authorization: string }>;
}

const UNKNOWN = { state: 'unknown', since: '2026-11-26T12:00:00.000Z', sample_age_ms: null };
const STATUS: ServerStatus = {
  status: 'degraded',
  components: { store: UNKNOWN, payment_service: UNKNOWN, open_payments: UNKNOWN, subscriptions: UNKNOWN },
};

async function guarded(
  change: {
    readonly auth?: Authenticator;
    readonly store?: ReservationStore;
    readonly rateLimit?: RateLimit;
  } = {},
): Promise<Guarded> {
  const { store = createMemoryStore() } = change;
  const lines: string[] = [];
  const ended: EndedRequest[] = [];
  const service = await startService({
    auth: apiKeyAuthenticator({ store }),
    logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    requests: {
      connections: () => undefined,
      connectionRefused: () => undefined,
      begun: () => undefined,
      streams: () => undefined,
      streamRefused: () => undefined,
      ended: (request) => void ended.push(request),
    },
    status: { access: 'loopback', read: () => STATUS },
    ...change,
    store,
  });
  return {
    ...service,
    lines,
    ended,
    async key(name, ...scopes) {
      const { key } = await createApiKey(store, { name, scopes });
      return { Authorization: `Bearer ${key}` };
    },
  };
}

/** Makes the status one of another machine. */
const FROM_ELSEWHERE = { 'X-Forwarded-For': '192.0.2.1' };
const RESERVATION = { user_id: 'ada_lovelace', amount: 10.5 };

const withScope = OPERATION_NAMES.filter((name) => OPERATIONS[name].scope !== null);
const open = OPERATION_NAMES.filter((name) => OPERATIONS[name].scope === null);

function pathOf(name: (typeof OPERATION_NAMES)[number], id: string): string {
  return OPERATIONS[name].path
    .replace('{reservation_id}', id)
    .replace('{file}', 'page.js')
    .replaceAll(/\{\w+\}/g, id);
}

async function reservationOf(service: Guarded, headers: Record<string, string>): Promise<string> {
  const { status, body } = await service.post(RESERVATION, headers);
  expect(status).toBe(200);
  return String(body['reservation_id']);
}

describe.each(withScope)('%s', (name) => {
  const { method, scope } = OPERATIONS[name];

  test('shows no data without a key, or with a wrong one', async () => {
    const service = await guarded();
    const id = await reservationOf(service, await service.key('shop', 'reservations:write'));
    const wrong = `rsv_00000000_${'A'.repeat(43)}`;
    for (const headers of [{}, { Authorization: `Bearer ${wrong}` }, { Authorization: 'Basic YTpi' }]) {
      const answer = await service.request(pathOf(name, id), {
        method,
        headers: { ...FROM_ELSEWHERE, ...headers, 'Content-Type': 'application/json' },
        ...(method === 'post' ? { body: JSON.stringify(RESERVATION) } : {}),
      });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 });
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
      expect(JSON.stringify(answer.body)).not.toMatch(/ada_lovelace|TXN-|CONFIRMED/);
    }
    expect(service.charged).toEqual(['ada_lovelace']);
  });

  test('names the scope that a key lacks, and takes one that has it', async () => {
    const service = await guarded();
    const others = SCOPE_NAMES.filter((held) => held !== scope && held !== 'reservations:read:all');
    const send = async (headers: Record<string, string>) =>
      await service.request(pathOf(name, 'RES-1'), { method, headers: { ...FROM_ELSEWHERE, ...headers } });
    const lacking = await send(await service.key('shop', ...others));
    expect([lacking.status, lacking.body['code'], lacking.body['detail']]).toEqual([
      403,
      'insufficient_scope',
      `The credential lacks the scope ${scope}`,
    ]);
    expect(lacking.headers.get('WWW-Authenticate')).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
    const holding = await send(await service.key('shop', scope as Scope));
    expect([401, 403]).not.toContain(holding.status);
  });
});

test.each(open)('%s needs no key', async (name) => {
  const service = await guarded();
  const response = await fetch(service.server.url + pathOf(name, 'x'), { headers: { Authorization: 'Bearer wrong' } });
  expect(response.status).toBe(200);
  await response.text();
});

test('the status needs a key from other machines only, and no page of another origin reads the refusal', async () => {
  const service = await guarded();
  expect((await service.request('/health/status')).status).toBe(200);
  const refused = await service.request('/health/status', {
    headers: { ...FROM_ELSEWHERE, Origin: 'https://a.example' },
  });
  expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([401, null]);
  const headers = { ...FROM_ELSEWHERE, ...(await service.key('ops', 'ops:read')) };
  expect((await service.request('/health/status', { headers })).status).toBe(200);
});

test('several Authorization headers are refused, also when one of them is right', async () => {
  const service = await guarded();
  const { Authorization } = await service.key('shop', 'reservations:read');
  const head = 'GET /reservations/RES-1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
  const twice = `Authorization: ${Authorization}\r\nauthorization: Bearer x\r\n\r\n`;
  expect(parseRaw(await sendRaw(service.server.port, head + twice)).status).toBe(401);
  const once = `Authorization: ${Authorization}\r\n\r\n`;
  expect(parseRaw(await sendRaw(service.server.port, head + once)).status).toBe(404);
});

test('a path that is written another way does not get around the check', async () => {
  const service = await guarded();
  const id = await reservationOf(service, await service.key('shop', 'reservations:write'));
  for (const path of [
    `/reservations/${id}/`,
    `//reservations/${id}`,
    `/./reservations/${id}`,
    `/%72eservations/${id}`,
  ]) {
    const raw = await sendRaw(service.server.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect([401, 404]).toContain(parseRaw(raw).status);
    expect(raw).not.toContain('ada_lovelace');
  }
  const head = await fetch(`${service.server.url}/reservations/${id}`, { method: 'HEAD' });
  expect(head.status).toBe(401);
});

test('a request is refused before its body has come', async () => {
  const service = await guarded();
  const head = 'POST /reservations HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\nConnection: close\r\n\r\n';
  expect(parseRaw(await sendRaw(service.server.port, head)).status).toBe(401);
});

test('a page may send its key: preflights need none', async () => {
  const service = await guarded();
  const response = await fetch(`${service.server.url}/reservations`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://a.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  expect([response.status, response.headers.get('Access-Control-Allow-Headers')]).toEqual([
    200,
    'authorization,content-type',
  ]);
});

test('a store that is away answers 503 with Retry-After, and opens no door', async () => {
  const store = createMemoryStore();
  const find = (): Promise<never> => Promise.reject(new ReservationError('STORE_UNAVAILABLE', 'away'));
  const service = await guarded({ store: { ...store, apiKeys: { ...store.apiKeys, find } } });
  const answer = await service.post(RESERVATION, await service.key('shop', 'reservations:write'));
  expect([answer.status, answer.body['code'], answer.headers.get('Retry-After')]).toEqual([
    503,
    'authentication_unavailable',
    '1',
  ]);
  expect(service.charged).toEqual([]);
});

test.each<[string, Authenticator]>([
  ['throws', () => Promise.reject(new Error('a fault'))],
  [
    'returns the anonymous principal',
    () => Promise.resolve({ kind: 'authenticated', principal: { kind: 'anonymous' } } as never),
  ],
  [
    'returns a name that cannot be a caller',
    () => Promise.resolve({ kind: 'authenticated', principal: { kind: 'jwt', subject: 'a b', scopes: SCOPE_NAMES } }),
  ],
  [
    'returns an empty name',
    () => Promise.resolve({ kind: 'authenticated', principal: { kind: 'jwt', subject: '', scopes: SCOPE_NAMES } }),
  ],
])('an authenticator that %s is a fault, and lets none in', async (_what, auth) => {
  const service = await guarded({ auth });
  expect((await service.post(RESERVATION)).status).toBe(500);
  expect(service.charged).toEqual([]);
});

test('refusals are counted by reason and logged without the secret', async () => {
  const service = await guarded();
  const shop = await service.key('shop', 'reservations:write');
  const secret = shop.Authorization.slice('Bearer rsv_00000000_'.length);
  const id = await reservationOf(service, shop);
  const wrong = `${shop.Authorization.slice(0, -4)}abcd`;
  const headers: readonly Record<string, string>[] = [
    {},
    { Authorization: wrong },
    { Authorization: `${shop.Authorization} x` },
    shop,
  ];
  for (const each of headers) await service.request(`/reservations/${id}`, { headers: each });
  await expect.poll(() => service.ended.length).toBe(5);
  expect(service.ended.map(({ refusal }) => refusal)).toEqual([
    null,
    'missing',
    'invalid',
    'malformed',
    'insufficient_scope',
  ]);
  const log = service.lines.join('');
  expect(log).toContain('"caller":"api-key:shop"');
  expect(log).toContain('"refusal":"invalid"');
  for (const part of [secret, secret.slice(0, 30), 'Bearer']) expect(log).not.toContain(part);
});

describe('whose reservations', () => {
  /** Both operations that show a reservation. */
  const shown = (id: string): readonly string[] => [`/reservations/${id}`, `/reservations/${id}/events`];

  test('the reservation of another caller is answered as an unknown id is; keys of one name are one caller', async () => {
    const service = await guarded();
    const shop = await service.key('shop', 'reservations:write', 'reservations:read');
    const id = await reservationOf(service, shop);
    const unknown = `${id.slice(0, -12)}000000000000`;
    const other = await service.key('shop2', 'reservations:read', 'ops:read', 'ops:write');
    const [again, all] = [
      await service.key('shop', 'reservations:read'),
      await service.key('audit', 'reservations:read:all'),
    ];
    for (const [path, unknownPath] of shown(id).map((each, n) => [each, shown(unknown)[n] ?? ''] as const)) {
      const hidden = await service.request(path, { headers: { ...other, 'X-Request-Id': 'one' } });
      const missing = await service.request(unknownPath, { headers: { ...other, 'X-Request-Id': 'one' } });
      expect(hidden.status).toBe(404);
      expect({ ...hidden.body, instance: '' }).toEqual({ ...missing.body, instance: '' });
      expect([...hidden.headers.keys()]).toEqual([...missing.headers.keys()]);
      for (const headers of [shop, again, all]) expect((await service.request(path, { headers })).status).toBe(200);
    }
  });

  test('an idempotency key belongs to its caller, and an id of another caller is not told', async () => {
    const service = await guarded();
    const keyed = { 'Idempotency-Key': 'order-1' };
    const one = await service.post(RESERVATION, { ...(await service.key('one', 'reservations:write')), ...keyed });
    const two = await service.post(
      { ...RESERVATION, amount: 11 },
      { ...(await service.key('two', 'reservations:write')), ...keyed },
    );
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.body['reservation_id']).not.toBe(one.body['reservation_id']);
  });
});

test('the rate limit counts each principal by itself, and no request without a credential', async () => {
  const { request, key } = await guarded({ rateLimit: '2/h' });
  const [shop, bar] = [await key('shop', 'reservations:read'), await key('bar', 'reservations:read')];
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await request('/reservations', { headers })).status;
  const statuses = [await ask({}), await ask({}), await ask({}), await ask(shop), await ask(shop), await ask(shop)];
  expect([...statuses, await ask(bar)]).toEqual([401, 401, 401, 200, 200, 429, 200]);
});

test('the rate limit counts what a principal may not do as well', async () => {
  const { request, key } = await guarded({ rateLimit: '2/h' });
  const headers = await key('shop', 'reservations:read');
  const ask = async (path: string): Promise<number> => (await request(path, { headers })).status;
  expect([await ask('/events'), await ask('/events'), await ask('/events')]).toEqual([403, 403, 429]);
  expect(await ask('/reservations')).toBe(429);
});
