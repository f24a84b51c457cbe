import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Principal } from '../../auth/principal.ts';
import type { EndedRequest } from '../../observe/requests.ts';
import type { AppState } from '../app-state.ts';
import { createParts } from '../embed/embedded-fixture.ts';
import { createFetchHandler } from '../embed/fetch-handler.ts';
import { createHandler } from '../handler.ts';
import { beginRequest } from '../pipeline/request-state.ts';
import { answerUnrouted } from '../pipeline/unrouted.ts';
import { type Answer, sendRaw, type Service, type ServiceOptions, startService } from '../service-fixture.ts';
import { limitRequests } from './limit-requests.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };
const ROOT = '/';

/** Lets the test say how much time has passed. */
function manualClock(): { nowMs: number } {
  const clock = { nowMs: 1_000_000 };
  const now = vi.spyOn(performance, 'now').mockImplementation(() => clock.nowMs);
  onTestFinished(() => now.mockRestore());
  return clock;
}

async function limited(options: ServiceOptions = {}): Promise<{ service: Service; clock: { nowMs: number } }> {
  const service = await startService({ rateLimit: '2/min', ...options });
  // Set last, and so back first: the server stops by the real clock.
  return { service, clock: manualClock() };
}

function limitOf({ status, headers }: Pick<Answer, 'status' | 'headers'>): readonly (number | string | null)[] {
  return [status, headers.get('ratelimit-policy'), headers.get('ratelimit'), headers.get('retry-after')];
}

const POLICY = '"default";q=2;w=60';

describe('requests of one client', () => {
  test('are told what is left of the quota; beyond it they are answered 429 until time has passed', async () => {
    const { service, clock } = await limited();
    expect(limitOf(await service.post(REQUEST))).toEqual([200, POLICY, '"default";r=1;t=30', null]);
    expect(limitOf(await service.request('/reservations/RES-1'))).toEqual([404, POLICY, '"default";r=0;t=30', null]);
    clock.nowMs += 10_000;
    const refused = await service.post(REQUEST, { 'X-Request-Id': 'mine' });
    expect(limitOf(refused)).toEqual([429, POLICY, '"default";r=0;t=20', '20']);
    expect(refused.body).toEqual({
      detail: 'Too many requests: at most 2 in 60 s. Please try again in 20 s.',
      type: 'urn:reservations:problem:rate_limited',
      title: 'Too Many Requests',
      status: 429,
      instance: '/reservations',
      code: 'rate_limited',
      request_id: 'mine',
    });
    clock.nowMs += 20_000;
    expect(limitOf(await service.post(REQUEST))).toEqual([200, POLICY, '"default";r=0;t=30', null]);
    expect(service.charged).toHaveLength(2);
  });

  test('are refused before their body is read, and the connection goes on', async () => {
    const { service } = await limited({ rateLimit: '1/h' });
    await service.request(ROOT);
    const post = 'POST /reservations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nnot JSON!';
    const live = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const received = await sendRaw(service.server.port, post + live);
    expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['429', '200']);
  });

  test.each(['/health/live', '/health/live/', '/health/ready', '/health/status', '/openapi.json', '/docs'])(
    'for %s are not counted, and are told nothing',
    async (path) => {
      const { service } = await limited();
      for (let count = 0; count < 5; count += 1) {
        const answer = await fetch(service.server.url + path);
        await answer.arrayBuffer();
        expect(limitOf(answer).slice(1)).toEqual([null, null, null]);
      }
      expect(limitOf(await service.request(ROOT))).toEqual([200, POLICY, '"default";r=1;t=30', null]);
    },
  );

  test('that are preflights are not counted', async () => {
    const { service } = await limited();
    const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' };
    for (let count = 0; count < 5; count += 1) {
      const { status } = await fetch(`${service.server.url}/reservations`, { method: 'OPTIONS', headers });
      expect(status).toBe(200);
    }
    expect(limitOf(await service.request(ROOT))).toEqual([200, POLICY, '"default";r=1;t=30', null]);
  });

  test('for paths that do not exist are counted', async () => {
    const { service } = await limited();
    await service.request('/nowhere');
    expect((await service.request('/health/live/more')).status).toBe(404);
    expect(limitOf(await service.request('/nowhere'))).toEqual([429, POLICY, '"default";r=0;t=30', '30']);
  });

  test('are counted by what they were counted', async () => {
    const ended: EndedRequest[] = [];
    const requests = {
      connections: () => undefined,
      connectionRefused: () => undefined,
      begun: () => undefined,
      streams: () => undefined,
      streamRefused: () => undefined,
      ended: (request: EndedRequest) => void ended.push(request),
    };
    const { service } = await limited({ requests });
    for (let count = 0; count < 3; count += 1) await service.request(ROOT);
    await service.server.stop();
    expect(ended.map(({ status, limitedBy }) => [status, limitedBy])).toEqual([
      [200, null],
      [200, null],
      [429, 'address'],
    ]);
  });
});

describe('clients are told apart', () => {
  const forwarded = (service: Service, address: string): Promise<Answer> =>
    service.request(ROOT, { headers: { 'X-Forwarded-For': address } });

  test('not by X-Forwarded-For, which a client can make up', async () => {
    const { service } = await limited();
    const statuses: number[] = [];
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      statuses.push((await forwarded(service, address)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('behind a trusted proxy by the address that it has seen', async () => {
    const { service } = await limited({ trustedProxies: 1 });
    for (const madeUp of ['', '192.0.2.8, ', '192.0.2.9, ']) await forwarded(service, `${madeUp}192.0.2.1`);
    expect((await forwarded(service, '192.0.2.1')).status).toBe(429);
    expect(limitOf(await forwarded(service, '192.0.2.2'))).toEqual([200, POLICY, '"default";r=1;t=30', null]);
  });

  test('by their principal, wherever they send from; without one by their address', async () => {
    const principals: Record<string, Principal> = {
      shop: { kind: 'api-key', name: 'shop', scopes: [] },
      subject: { kind: 'jwt', subject: 'shop', scopes: [] },
    };
    const app = new Koa<AppState>();
    app.use(beginRequest(''));
    app.use(async (ctx, next) => {
      ctx.state.principal = principals[ctx.get('As')] ?? ctx.state.principal;
      await next();
    });
    app.use(limitRequests({ quota: { requests: 2, windowSeconds: 60 }, trustedProxies: 1 }));
    app.use(answerUnrouted);
    const server = createServer((request, response) => void app.callback()(request, response)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    manualClock();
    const left = async (as: string, address: string): Promise<string | null> => {
      const headers = { As: as, 'X-Forwarded-For': address };
      const { port } = server.address() as AddressInfo;
      return (await fetch(`http://127.0.0.1:${port}/nowhere`, { headers })).headers.get('ratelimit');
    };
    expect(await left('shop', '192.0.2.1')).toBe('"default";r=1;t=30');
    expect(await left('shop', '192.0.2.2')).toBe('"default";r=0;t=30');
    expect(await left('subject', '192.0.2.1')).toBe('"default";r=1;t=30');
    expect(await left('none', '192.0.2.1')).toBe('"default";r=1;t=30');
    expect(await left('none', '192.0.2.2')).toBe('"default";r=1;t=30');
  });

  test('in a Web-standard handler, which has no socket, not at all', async () => {
    manualClock();
    const handle = createFetchHandler({ ...createParts(), rateLimit: '2/min' });
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await handle(new Request('http://a/'))).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('the headers of the limit', () => {
  test('are not on answers without a limit, as by default', async () => {
    const service = await startService();
    const { headers } = await service.request(ROOT, { headers: { Origin: 'https://shop.example' } });
    expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
    expect(headers.get('access-control-expose-headers')).not.toContain('RateLimit');
  });

  test('can be read by pages of other origins, where they are', async () => {
    const { service } = await limited();
    const read = async (path: string): Promise<string | null> =>
      (await service.request(path)).headers.get('access-control-expose-headers');
    expect(await read(ROOT)).toMatch(/, RateLimit, RateLimit-Policy$/);
    expect(await read('/health/live')).not.toContain('RateLimit');
  });
});

test.each([
  [
    { rateLimit: '100/day' },
    'rateLimit: expected N/s, N/min or N/h, with N a whole number from 1 to 1000000, found "100/day"',
  ],
  [{ rateLimit: '0/s' }, 'rateLimit: expected N/s, N/min or N/h, with N a whole number from 1 to 1000000, found "0/s"'],
  [{ trustedProxies: -1 }, 'trustedProxies: expected a whole number from 0 to 10, found -1'],
])('the options %o are refused', (options, message) => {
  expect(() => createHandler({ ...createParts(), ...(options as object) })).toThrow(message);
});
