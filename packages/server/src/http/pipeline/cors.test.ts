import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReservations } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, APPROVED, sendRaw, type Service, startService } from '../service-fixture.ts';
import { SERVER_SETTINGS } from '../../compose/drivers.ts';
import { readConfig } from '../../config/config.ts';
import { createHandler } from '../handler.ts';
import { startServer } from '../server.ts';

const SHOP = 'https://shop.example';
const OTHER = 'https://other.example';
const EXPOSED = 'Location, Retry-After, Idempotent-Replayed, X-Request-Id, ETag';
const BODY = '{"user_id":"u","amount":1}';

/** What a browser asks before a page posts JSON with a key. */
const PREFLIGHT = {
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
};

/** The headers by which an answer says who may read it. */
function corsOf({ headers }: Pick<Answer, 'headers'>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'));
}

function preflight(service: Service, origin: string, path = '/reservations'): Promise<Response> {
  return fetch(service.server.url + path, { method: 'OPTIONS', headers: { Origin: origin, ...PREFLIGHT } });
}

describe('with every origin let in, as a server does when nothing is set', () => {
  const OPEN = { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED };

  test.each([
    ['a page of another origin', { Origin: SHOP }],
    ['a page without an origin of its own', { Origin: 'null' }],
    ['no page', {}],
  ])('every answer says so, to %s', async (_, headers: Record<string, string>) => {
    const service = await startService({ bodyLimitBytes: 100 });
    const post = (body: string, more: Record<string, string> = {}): Promise<Answer> =>
      service.post(body, { ...headers, ...more });
    const answers = [
      await service.request('/', { headers }),
      await service.request('/health/live', { headers }),
      await service.request('/health/ready', { headers }),
      await service.request('/nowhere', { headers }),
      await service.request('/reservations', { method: 'DELETE', headers }),
      await service.request('/reservations', { method: 'OPTIONS', headers }),
      await service.request('/reservations/RES-1', { headers }),
      await post(BODY),
      await post(BODY, { 'Idempotency-Key': 'a b' }),
      await post('{'),
      await post(BODY.padEnd(101)),
      await post(BODY, { 'Content-Encoding': 'gzip' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 405, 204, 404, 200, 400, 422, 413, 415]);
    for (const answer of answers) expect(corsOf(answer)).toEqual(OPEN);
  });

  test('a fault and a drain say so', async () => {
    const store = createMemoryStore();
    const find = (): Promise<never> => Promise.reject(new TypeError('a bug'));
    const service = await startService({ store: { ...store, view: { ...store.view, find } }, drainDelayMs: 1_000 });
    const fault = await service.request('/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4');
    const stopped = service.server.stop();
    const draining = await service.request('/health/ready');
    expect([fault.status, draining.status, corsOf(fault), corsOf(draining)]).toEqual([500, 503, OPEN, OPEN]);
    await stopped;
  });

  test.each([
    ['no HTTP', 'GET / HTTP/9.9\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n', 417],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['headers that do not arrive', 'GET / HTTP/1.1\r\n', 408],
    ['a body that does not arrive', 'POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{', 408],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ])('the answer to %s says so', async (_, bytes, status) => {
    const service = await startService({ requestTimeoutMs: 100 });
    const raw = await sendRaw(service.server.port, bytes);
    expect(raw).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(raw.match(/^Access-Control-Allow-Origin: .*\r$/gim)).toEqual(['Access-Control-Allow-Origin: *\r']);
  });

  test.each(['/reservations', '/reservations/RES-1', '/nowhere'])('a preflight for %s is answered', async (path) => {
    const service = await startService();
    const answer = await preflight(service, SHOP, path);
    expect([answer.status, await answer.text(), corsOf(answer)]).toEqual([
      200,
      'OK',
      {
        ...OPEN,
        'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
        'access-control-allow-headers': 'authorization,content-type,idempotency-key',
        'access-control-max-age': '600',
        vary: 'Access-Control-Request-Headers',
      },
    ]);
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    expect(answer.headers.get('x-request-id')).not.toBeNull();
    expect(service.charged).toEqual([]);
  });

  test.each(['', 'a b', 'x;y', 'content-type,,x', '<script>'])(
    'a preflight that asks for the headers %j hears of those of this API',
    async (asked) => {
      const service = await startService();
      const headers = { ...PREFLIGHT, Origin: SHOP, 'Access-Control-Request-Headers': asked };
      const answer = await service.request('/nowhere', { method: 'PUT' });
      expect(answer.status).toBe(404);
      const response = await fetch(service.server.url, { method: 'OPTIONS', headers });
      expect(response.headers.get('access-control-allow-headers')).toBe(
        'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id, traceparent',
      );
    },
  );

  test.each([
    ['a method', { Origin: SHOP }],
    ['an origin', { 'Access-Control-Request-Method': 'POST' }],
  ])('OPTIONS without %s is no preflight', async (_, headers: Record<string, string>) => {
    const service = await startService();
    const answer = await service.request('/reservations', { method: 'OPTIONS', headers });
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  });
});

describe('with a list of origins', () => {
  const corsOrigins = ['HTTPS://Shop.Example:443', 'http://localhost:5173'];

  test.each([
    [SHOP, { 'access-control-allow-origin': SHOP, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }],
    [OTHER, { vary: 'Origin' }],
    [`${SHOP}.evil.example`, { vary: 'Origin' }],
    ['null', { vary: 'Origin' }],
    [null, { vary: 'Origin' }],
  ])('an answer to %s', async (origin, expected) => {
    const service = await startService({ corsOrigins });
    const headers = origin === null ? {} : { Origin: origin };
    expect(corsOf(await service.post(BODY, headers))).toEqual(expected);
    expect(corsOf(await service.request('/nowhere', { headers }))).toEqual(expected);
  });

  test('a preflight of one of them is answered, that of another is any OPTIONS', async () => {
    const service = await startService({ corsOrigins });
    const good = await preflight(service, 'http://localhost:5173');
    expect([good.status, corsOf(good)]).toMatchObject([
      200,
      { 'access-control-allow-origin': 'http://localhost:5173', vary: 'Origin, Access-Control-Request-Headers' },
    ]);
    const bad = await preflight(service, OTHER);
    expect([bad.status, bad.headers.get('allow'), corsOf(bad)]).toEqual([
      204,
      'GET, HEAD, OPTIONS, POST',
      { vary: 'Origin' },
    ]);
  });

  test('answers below the application know the origin when the request got so far', async () => {
    const service = await startService({ corsOrigins, requestTimeoutMs: 100 });
    const head = `POST /reservations HTTP/1.1\r\nHost: x\r\nOrigin: ${SHOP}\r\nContent-Length: 9\r\n\r\n{`;
    expect(await sendRaw(service.server.port, head)).toMatch(
      /^HTTP.* 408 .*Access-Control-Allow-Origin: https:\/\/shop/s,
    );
    const raw = await sendRaw(service.server.port, 'GET / HTTP/9.9\r\n\r\n');
    expect([/^Vary: Origin\r$/m.test(raw), /Access-Control/.test(raw)]).toEqual([true, false]);
  });
});

test('with none, no answer speaks of origins, and a preflight is any OPTIONS', async () => {
  const service = await startService({ corsOrigins: 'none' });
  expect(corsOf(await service.post(BODY, { Origin: SHOP }))).toEqual({});
  const answer = await preflight(service, SHOP);
  expect([answer.status, answer.headers.get('allow'), corsOf(answer)]).toEqual([204, 'GET, HEAD, OPTIONS, POST', {}]);
  expect(await sendRaw(service.server.port, 'GET / HTTP/9.9\r\n\r\n')).not.toMatch(/Access-Control|Vary/i);
});

describe('inside another application', () => {
  async function answerOf(corsOrigins?: readonly string[]): Promise<Response> {
    const store = createMemoryStore();
    const gateway = {
      idempotency: 'none',
      chargesMax: 512,
      charge: () => Promise.resolve(APPROVED),
      close: () => Promise.resolve(),
    } as const;
    const reservations = createReservations({ store, gateway });
    const handler = createHandler({ reservations, store, auth: 'none', ...(corsOrigins && { corsOrigins }) });
    const server = createServer((request, response) => {
      response.setHeader('Access-Control-Allow-Origin', 'https://theirs.example').setHeader('Vary', 'Accept');
      handler(request, response);
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { Origin: SHOP } });
  }

  test('its own rule is left alone unless one is given', async () => {
    expect(corsOf(await answerOf())).toEqual({
      'access-control-allow-origin': 'https://theirs.example',
      vary: 'Accept',
    });
    expect(corsOf(await answerOf([SHOP]))).toMatchObject({
      'access-control-allow-origin': SHOP,
      vary: 'Accept, Origin',
    });
  });
});

describe('the setting', () => {
  const read = (text: string): unknown => {
    const result = readConfig(SERVER_SETTINGS, { args: ['--cors-origins', text], env: {} });
    return result.kind === 'values' ? result.values.corsOrigins : result.faults;
  };

  test.each<[string, unknown]>([
    ['*', '*'],
    ['none', 'none'],
    ['https://shop.example', ['https://shop.example']],
    ['https://Shop.example:443, http://localhost:5173', ['https://shop.example', 'http://localhost:5173']],
    ['https://bücher.example', ['https://xn--bcher-kva.example']],
    ['http://[::1]:3000', ['http://[::1]:3000']],
    ['capacitor://localhost,chrome-extension://abcdef', ['capacitor://localhost', 'chrome-extension://abcdef']],
  ])('%s is read', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    '',
    'shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://shop.example?x',
    'https://ada@shop.example',
    'https://*.shop.example',
    'https://shop.example,*',
    'https://shop.example,',
    'https://shop.example none',
    'https://shop.example:port',
    'null',
    'http://',
  ])('%j is a fault', (text) => {
    const shown = text.includes('@') ? 'https:…' : text;
    expect(read(text)).toEqual([
      `--cors-origins: expected *, none, or origins between commas, each SCHEME://HOST or SCHEME://HOST:PORT, found ${JSON.stringify(shown)}`,
    ]);
  });

  test('an option of the same kind is a fault, too', async () => {
    const store = createMemoryStore();
    const gateway = {
      idempotency: 'none',
      chargesMax: 512,
      charge: () => Promise.resolve(APPROVED),
      close: () => Promise.resolve(),
    } as const;
    const reservations = createReservations({ store, gateway });
    await expect(startServer({ store, gateway, reservations, corsOrigins: [`${SHOP}/`] })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^corsOrigins: expected .*, found \["https:\/\/shop\.example\/"\]$/),
    });
  });
});
