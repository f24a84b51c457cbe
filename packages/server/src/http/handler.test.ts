import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReservations } from '@reservations/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryLog } from '../observe/memory-log-fixture.ts';
import { parseRaw, sendRaw, startService } from './service-fixture.ts';
import { guardConnections } from './pipeline/connection-errors.ts';
import { createHandler, type HandlerOptions } from './handler.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

type Options = Omit<HandlerOptions, 'auth' | 'reservations' | 'store'>;

async function makeHandler(
  options: Options = {},
  chargeMs = 0,
): Promise<{
  readonly handler: RequestListener;
  readonly charged: readonly string[];
}> {
  const { store } = await startService();
  const charged: string[] = [];
  const reservations = createReservations({
    store,
    gateway: {
      idempotency: 'none',
      chargesMax: 512,
      async charge({ userId }) {
        charged.push(userId);
        await sleep(chargeMs);
        return { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
      },
      close: () => Promise.resolve(),
    },
  });
  return { handler: createHandler({ ...options, reservations, store, auth: 'none' }), charged };
}

async function listen(listener: RequestListener, guard = false): Promise<number> {
  const server = createServer(listener);
  if (guard) guardConnections(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function init(body: string): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
}

test('a mount path that could lead to another host is not used', async () => {
  const { handler } = await makeHandler();
  const prefix = '//evil.example';
  // As Express does: the path is cut from `url` and kept in `baseUrl`.
  const port = await listen((request, response) => {
    const url = request.url ?? '';
    Object.assign(request, { originalUrl: url, baseUrl: prefix, url: url.slice(prefix.length) || '/' });
    handler(request, response);
  });
  const raw = await sendRaw(port, 'GET //evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(parseRaw(raw).body).toMatchObject({ links: { reservations: '/reservations' } });
});

describe('below a base path', () => {
  const BASE = '/booking/v1';
  const cut = (url = ''): string => url.slice(BASE.length) || '/';

  test.each<[string, (handler: RequestListener) => RequestListener]>([
    [
      'that was cut off: plain http',
      (handler) => (request, response) => {
        request.url = cut(request.url);
        handler(request, response);
      },
    ],
    [
      'that was cut off, with the whole path beside it: @fastify/middie',
      (handler) => (request, response) => {
        Object.assign(request, { originalUrl: request.url, url: cut(request.url) });
        handler(request, response);
      },
    ],
    [
      'that is not what Express says',
      (handler) => (request, response) => {
        Object.assign(request, { baseUrl: '/v1', originalUrl: request.url, url: cut(request.url) });
        handler(request, response);
      },
    ],
  ])('%s', async (_, mounted) => {
    const { handler } = await makeHandler({ basePath: BASE });
    const url = `http://127.0.0.1:${await listen(mounted(handler))}${BASE}`;
    const made = await fetch(`${url}/reservations?x=/a`, init(JSON.stringify(REQUEST)));
    const location = String(made.headers.get('location'));
    expect([made.status, location]).toEqual([200, expect.stringMatching(/^\/booking\/v1\/reservations\/RES-/)]);
    expect((await fetch(new URL(location, url))).status).toBe(200);
    expect(await (await fetch(url)).json()).toMatchObject({ links: { reservations: `${BASE}/reservations` } });
    const missing = await fetch(`${url}/nowhere?x=1`);
    expect(await missing.json()).toMatchObject({ status: 404, instance: `${BASE}/nowhere` });
    const refused = await fetch(`${url}/reservations?x=1`, init('{'));
    expect(await refused.json()).toMatchObject({ status: 422, instance: `${BASE}/reservations` });
  });

  test('another path that begins with the same letters is not below it', async () => {
    const { handler } = await makeHandler({ basePath: '/book' });
    const url = `http://127.0.0.1:${await listen(handler)}`;
    expect((await fetch(`${url}/booking/health/live`)).status).toBe(404);
    expect((await fetch(`${url}/book/health/live`)).status).toBe(200);
  });

  test.each(['/', 'booking', '/booking/', '//evil.example', '/a b', '/a?b', '/reservations', '/health/live'])(
    '%j is no base path',
    async (basePath) => {
      await expect(makeHandler({ basePath })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(/^basePath: expected a path .*, found ".*"$/),
      });
    },
  );
});

describe('a body that the application around the handler has touched', () => {
  type Before = (request: IncomingMessage, proceed: () => void) => void;
  const leaving =
    (body: unknown): Before =>
    (request, proceed) => {
      Object.assign(request, { body });
      request.resume().on('end', proceed);
    };

  async function post(before: Before, options: Options = {}): Promise<readonly [number, unknown]> {
    const { handler } = await makeHandler(options);
    const port = await listen((request, response) => before(request, () => handler(request, response)));
    const response = await fetch(`http://127.0.0.1:${port}/reservations`, init(JSON.stringify(REQUEST)));
    return [response.status, await response.json()];
  }

  test.each<[string, unknown]>([
    ['bytes', Buffer.from('{"user_id":"left","amount":"1.23"}')],
    ['a view of bytes', new Uint8Array(Buffer.from('{"user_id":"left","amount":"1.23"}'))],
    ['a text', '{"user_id":"left","amount":1.23}'],
    ['an object', { user_id: 'left', amount: 1.23 }],
    ['an object without a prototype', Object.assign(Object.create(null), { user_id: 'left', amount: 1.23 })],
  ])('is taken as %s', async (_, body) => {
    expect(await post(leaving(body))).toMatchObject([200, { user_id: 'left', amount: 1.23 }]);
  });

  test.each<[string, unknown, string, number]>([
    [
      'a member given twice, in bytes',
      Buffer.from('{"user_id":"u","user_id":"u","amount":1}'),
      'json_duplicate_key',
      422,
    ],
    ['nothing', null, 'missing', 422],
    ['a list', [REQUEST], 'model_attributes_type', 422],
    ['a value that is no JSON', { user_id: 'u', amount: 1n }, 'model_attributes_type', 422],
    ['a function', () => REQUEST, 'model_attributes_type', 422],
  ])('is refused as %s', async (_, body, type, status) => {
    expect(await post(leaving(body))).toMatchObject([status, { detail: [{ type }] }]);
  });

  test('is too large when it is larger than the limit', async () => {
    const text = JSON.stringify(REQUEST).padEnd(200);
    expect(await post(leaving(text), { bodyLimitBytes: 100 })).toMatchObject([413, { code: 'body_too_large' }]);
  });

  test.each<[string, Before]>([
    ['to its end', (request, proceed) => void request.resume().on('end', proceed)],
    ['in part', (request, proceed) => void request.once('data', () => proceed())],
    [
      'by iteration',
      (request, proceed) => {
        void (async () => {
          for await (const chunk of request) void chunk;
          proceed();
        })();
      },
    ],
  ])('%s and not left anywhere is a 500 of its own, in the log as well', async (_, before) => {
    const log = memoryLog();
    const answer = await post(before, { logger: log.logger });
    expect(answer).toMatchObject([
      500,
      { code: 'body_already_consumed', detail: expect.stringMatching(/^The body was read before .*request\.body/) },
    ]);
    expect(log.lines()).toMatchObject([
      { status: 500, level: 50, err: { message: expect.stringMatching(/^The body was read before/) } },
    ]);
  });

  test.each<[string, Before]>([
    [
      'with an encoding',
      (request, proceed) => {
        request.setEncoding('utf8');
        proceed();
      },
    ],
    [
      'paused',
      (request, proceed) => {
        request.pause();
        setImmediate(proceed);
      },
    ],
  ])('%s, and not read yet, is read', async (_, before) => {
    expect(await post(before)).toMatchObject([200, { user_id: 'user_123', amount: 10.5 }]);
  });
});

describe('on connections of an application', () => {
  const body = JSON.stringify(REQUEST);
  const post = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  test('nothing is executed behind an answer that ends one', async () => {
    const { handler, charged } = await makeHandler({ bodyLimitBytes: 100 });
    const tooLarge = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n${'x'.repeat(200)}`;
    const received = await sendRaw(await listen(handler), tooLarge + post);
    expect([received.match(/HTTP\/1\.1 \d+/g), charged]).toEqual([['HTTP/1.1 413'], []]);
  });

  test('a client that closes its half is answered when the server is prepared', async () => {
    const { handler, charged } = await makeHandler({}, 200);
    const socket = connect(await listen(handler, true), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.end(post);
    await closed;
    expect([received.match(/HTTP\/1\.1 \d+/g), charged]).toEqual([['HTTP/1.1 200'], ['user_123']]);
  });

  test('a prepared server answers what is no HTTP in the shape of all errors', async () => {
    const { handler } = await makeHandler();
    const raw = await sendRaw(await listen(handler, true), 'GET / HTTP/9.9\r\n\r\n');
    expect(parseRaw(raw)).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    expect(raw).not.toMatch(/Access-Control/i);
  });
});
