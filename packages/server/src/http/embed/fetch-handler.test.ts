import { createServer } from 'node:http';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../handler.ts';
import { createParts, expectService, originOf, type Parts } from './embedded-fixture.ts';
import { createFetchHandler, type FetchHandler } from './fetch-handler.ts';

const ORIGIN = 'http://shop.example';
const AT = `${ORIGIN}/booking/reservations`;

function handlerOf(parts: Parts = createParts()): FetchHandler {
  return createFetchHandler({ ...parts, basePath: '/booking' });
}

const post = (body: string | ReadableStream, headers?: Record<string, string>): Request =>
  new Request(AT, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
    duplex: 'half',
  });

describe('a request becomes its response', () => {
  test('as from a server', async () => {
    const handle = handlerOf();
    await expectService(ORIGIN, '/booking', (url, init) => handle(new Request(url, init)));
  });

  test('with the headers of an answer over the network, but those of the connection', async () => {
    const parts = createParts();
    const server = createServer(createHandler({ ...parts, basePath: '/booking' })).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const path = '/booking/openapi.json';
    const overNetwork = await fetch(originOf(server) + path);
    const direct = await handlerOf(parts)(new Request(ORIGIN + path));
    const names = (response: Response): readonly string[] => [...response.headers.keys()];
    expect(names(direct)).toEqual(names(overNetwork).filter((name) => !/^(connection|keep-alive)$/.test(name)));
    expect(await direct.text()).toBe(await overNetwork.text());
    const etag = String(direct.headers.get('ETag'));
    const again = await handlerOf(parts)(new Request(ORIGIN + path, { headers: { 'If-None-Match': etag } }));
    expect([again.status, again.body]).toEqual([304, null]);
  });

  test('of a HEAD, without a body', async () => {
    const response = await handlerOf()(new Request(`${ORIGIN}/booking/health/live`, { method: 'HEAD' }));
    expect([response.status, response.body]).toEqual([200, null]);
  });

  test('with its headers', async () => {
    const handle = handlerOf();
    const first = await handle(post('{"user_id":"a","amount":1}', { 'Idempotency-Key': 'k', 'X-Request-Id': 'mine' }));
    const again = await handle(post('{"user_id":"a","amount":1}', { 'Idempotency-Key': 'k' }));
    expect(first.headers.get('X-Request-Id')).toBe('mine');
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
  });
});

describe('a body', () => {
  test('is taken as it is, whatever length the headers say', async () => {
    const body = '{"user_id":"a","amount":1}';
    for (const length of ['5', '500']) {
      const response = await handlerOf()(post(body, { 'Content-Length': length }));
      expect([response.status, await response.json()]).toMatchObject([200, { user_id: 'a' }]);
    }
  });

  test('without an end is read up to the limit and cancelled', async () => {
    let cancelled = false;
    let pulls = 0;
    const endless = new ReadableStream({
      pull: (controller) => ((pulls += 1), controller.enqueue(new Uint8Array(16_384))),
      cancel: () => void (cancelled = true),
    });
    const response = await handlerOf()(post(endless));
    expect([response.status, cancelled, pulls < 10]).toEqual([413, true, true]);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
  });

  test.each<[string, (request: Request) => unknown]>([
    ['was read before', (request) => request.text()],
    ['is being read', (request) => request.body?.getReader()],
  ])('that %s is a 500 of its own', async (_, before) => {
    const request = post('{"user_id":"a","amount":1}');
    await before(request);
    const response = await handlerOf()(request);
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'body_already_consumed' }]);
  });
});

describe('an abort', () => {
  test('before the request is not sent', async () => {
    const parts = createParts();
    const handle = handlerOf(parts);
    await expect(
      handle(new Request(post('{"user_id":"a","amount":1}'), { signal: AbortSignal.abort() })),
    ).rejects.toThrow('abort');
    expect(parts.calls).toEqual([]);
  });

  test('while a charge is under way rejects, and the charge goes on', async () => {
    const parts = createParts();
    const handle = handlerOf(parts);
    const held = parts.hold();
    const controller = new AbortController();
    const response = handle(new Request(post('{"user_id":"a","amount":1}'), { signal: controller.signal }));
    await held.charging;
    controller.abort();
    await expect(response).rejects.toThrow('abort');
    held.end();
    await expect.poll(() => parts.calls.at(-1)).toBe('charged a');
  });
});

test('mounted in Hono, which cuts the path off, the API is served', async () => {
  const app = new Hono().mount('/booking', handlerOf());
  await expectService(ORIGIN, '/booking', async (url, init) => await app.request(url, init));
});
