import { createMemoryStore } from '@reservations/core/memory';
import type { PaymentOutcome } from '@reservations/core';
import { describe, expect, test, vi } from 'vitest';
import { APPROVED, deferred, NOT_SENT, sendRaw, type Service, startService } from './service-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

/** Payments that begin and do not end before the test says how. */
function holdPayments(service: Service): {
  readonly charging: Promise<void>;
  readonly verdict: ReturnType<typeof deferred<PaymentOutcome>>;
} {
  const charging = deferred<void>();
  const verdict = deferred<PaymentOutcome>();
  service.payment(() => {
    charging.resolve();
    return verdict.promise;
  });
  return { charging: charging.promise, verdict };
}

describe('idle connections', () => {
  test.each([
    [undefined, 620],
    [75_000, 75],
  ])('with the time-out %s, clients are told %i seconds', async (keepAliveTimeoutMs, seconds) => {
    const service = await startService(keepAliveTimeoutMs === undefined ? {} : { keepAliveTimeoutMs });
    const { headers } = await service.request('/health/live');
    expect(headers.get('keep-alive')).toBe(`timeout=${seconds}`);
  });

  test('are closed after it', async () => {
    const service = await startService({ keepAliveTimeoutMs: 50 });
    const received = await sendRaw(service.server.port, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: keep-alive\r\n/);
  });
});

describe('stopping', () => {
  test('a request under way ends, new ones hear that the server drains, then the store is closed', async () => {
    const service = await startService();
    const earlier = await service.post(REQUEST);
    const { charging, verdict } = holdPayments(service);
    const underWay = service.post(REQUEST);
    await charging;
    const stopped = service.server.stop();
    const ready = await service.request('/health/ready');
    expect([ready.status, ready.body, ready.headers.get('connection')]).toEqual([503, { status: 'draining' }, 'close']);
    const refused = await service.post(REQUEST);
    expect([refused.status, refused.body['code']]).toEqual([503, 'shutting_down']);
    const shown = await service.request(String(earlier.headers.get('location')));
    expect([shown.status, shown.body]).toEqual([200, earlier.body]);
    verdict.resolve(APPROVED);
    const answer = await underWay;
    expect([answer.status, answer.body['transaction_id'], answer.headers.get('connection')]).toEqual([
      200,
      'TXN-1',
      'close',
    ]);
    await stopped;
    await expect(fetch(service.server.url)).rejects.toThrow('fetch failed');
    await expect(service.store.events.readAll({ after: 0, limit: 1 })).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('requests on connections that are still open hear that the server drains', async () => {
    const service = await startService();
    const { charging, verdict } = holdPayments(service);
    const body = JSON.stringify(REQUEST);
    const head = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
    const raw = sendRaw(service.server.port, head + body, 'GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n');
    await charging;
    const stopped = service.server.stop();
    verdict.resolve(NOT_SENT);
    expect(await raw).toMatch(/^HTTP\/1.1 503 .*\r\nConnection: close\r\n/s);
    await stopped;
  });

  test('with a delay it goes on serving while it says that it drains', async () => {
    const service = await startService({ drainDelayMs: 2_000 });
    const stopped = service.server.stop();
    expect((await service.request('/health/ready')).body).toEqual({ status: 'draining' });
    expect((await service.post(REQUEST)).status).toBe(200);
    await stopped;
    await expect(fetch(service.server.url)).rejects.toThrow('fetch failed');
  });

  test('connections without a request, and requests that never end, do not hold it up', async () => {
    const service = await startService();
    const silent = sendRaw(service.server.port);
    const kept = sendRaw(service.server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const slow = sendRaw(service.server.port, 'POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{');
    await service.request('/');
    await service.server.stop();
    const answers = await Promise.all([silent, kept, slow]);
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual([
      '',
      'HTTP/1.1 200 OK',
      'HTTP/1.1 503 Service Unavailable',
    ]);
  });

  test('a charge that does not end in time is answered with the truth, and the next process settles it', async () => {
    const store = createMemoryStore();
    const service = await startService({ store: { ...store, close: () => Promise.resolve() }, shutdownTimeoutMs: 50 });
    const { charging } = holdPayments(service);
    const underWay = service.post(REQUEST);
    await charging;
    await service.server.stop();
    const answer = await underWay;
    expect([answer.status, answer.body['status']]).toEqual([202, 'RESERVATION_CREATED']);
    expect((await store.work.gauge({ kind: 'charge' })).open).toBe(1);

    const next = await startService({ store });
    await vi.waitFor(
      async () => {
        const settled = await next.request(String(answer.headers.get('location')));
        expect(settled.body['status']).toBe('RESERVATION_CONFIRMED');
      },
      { timeout: 20_000, interval: 50 },
    );
  });
});
