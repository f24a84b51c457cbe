import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReservations } from '@reservations/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRaw, sendRaw, startService } from '../test/service.ts';
import { createReservationsHandler } from './handler.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

describe('inside another application', () => {
  /** Mounts a handler as Express does: the path is cut from `url` and kept in `baseUrl`. */
  async function mount(prefix: string, parsedBody?: unknown): Promise<{ readonly url: string; readonly port: number }> {
    const service = await startService();
    const reservations = createReservations({
      store: service.store,
      gateway: {
        idempotency: 'none',
        charge: () => Promise.resolve({ kind: 'approved', transactionId: 'TXN-1', message: 'ok' }),
        close: () => Promise.resolve(),
      },
    });
    const handler = createReservationsHandler({ reservations, store: service.store });
    const server = createServer((request, response) => {
      const url = request.url ?? '';
      Object.assign(request, { originalUrl: url, baseUrl: prefix, url: url.slice(prefix.length) || '/' });
      if (parsedBody === undefined) return handler(request, response);
      Object.assign(request, { body: parsedBody });
      request.resume().on('end', () => setImmediate(() => handler(request, response)));
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}${prefix}`, port };
  }

  function init(body: string): RequestInit {
    return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  }

  test('links begin with the path where the service is mounted', async () => {
    const { url } = await mount('/booking/v1');
    const response = await fetch(`${url}/reservations`, init(JSON.stringify(REQUEST)));
    const location = String(response.headers.get('location'));
    expect([response.status, location]).toEqual([200, expect.stringMatching(/^\/booking\/v1\/reservations\/RES-/)]);
    expect((await fetch(new URL(location, url))).status).toBe(200);
    expect(await (await fetch(url)).json()).toMatchObject({ links: { reservations: '/booking/v1/reservations' } });
    expect(await (await fetch(`${url}/nowhere`)).json()).toMatchObject({ instance: '/booking/v1/nowhere' });
  });

  test('a mount path that could lead to another host is not used', async () => {
    const { port } = await mount('//evil.example');
    const raw = await sendRaw(port, 'GET //evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(parseRaw(raw).body).toMatchObject({ links: { reservations: '/reservations' } });
  });

  test('a body that was read before is taken as it was parsed', async () => {
    const good = await mount('/booking', REQUEST);
    const made = await fetch(`${good.url}/reservations`, init(JSON.stringify(REQUEST)));
    expect([made.status, await made.json()]).toMatchObject([200, { amount: 10.5, user_id: 'user_123' }]);
    const bad = await mount('/booking', [REQUEST]);
    const refused = await fetch(`${bad.url}/reservations`, init('[]'));
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      { detail: [{ type: 'model_attributes_type' }] },
    ]);
  });
});
