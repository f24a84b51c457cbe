import { once } from 'node:events';
import { connect } from 'node:net';
import type { PaymentOutcome } from '@reservations/core';
import { describe, expect, test, vi } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { logObserver } from '../../observe/log.ts';
import { APPROVED, deferred, NOT_SENT, startService, UNKNOWN } from '../service-fixture.ts';

const PATIENCE = { timeout: 20_000 };
const REQUEST = { user_id: 'user_123', amount: 10.5 };

describe('the log', () => {
  test('one line a request, without bodies, paths or user ids', async () => {
    const log = memoryLog();
    const service = await startService({ logger: log.logger });
    const made = await service.post(REQUEST, { 'X-Request-Id': 'r1' });
    await service.request('/reservations/user_123?user_id=user_123', { headers: { 'X-Request-Id': 'r2' } });
    await service.request('/user_123', { headers: { 'X-Request-Id': 'r3' } });
    await service.request('/health/live', { headers: { 'X-Request-Id': 'r4' } });
    await service.server.stop();
    const duration_ms = expect.any(Number);
    expect(log.lines()).toEqual([
      {
        level: 30,
        method: 'POST',
        route: '/reservations',
        status: 200,
        duration_ms,
        request_id: 'r1',
        reservation_id: made.body['reservation_id'],
        msg: 'request',
      },
      {
        level: 30,
        method: 'GET',
        route: '/reservations/:reservation_id',
        status: 404,
        duration_ms,
        request_id: 'r2',
        msg: 'request',
      },
      { level: 30, method: 'GET', route: null, status: 404, duration_ms, request_id: 'r3', msg: 'request' },
      { level: 20, method: 'GET', route: '/health/live', status: 200, duration_ms, request_id: 'r4', msg: 'request' },
    ]);
    expect(JSON.stringify(log.lines())).not.toContain('user_123');
  });

  test('no line, of any level, holds a user id, an amount, a key, a body or a query', async () => {
    const log = memoryLog();
    const service = await startService({ logger: log.logger, observer: logObserver(log.logger) });
    const request = { user_id: 'secret_user', amount: 98765.43, currency: 'EUR' };
    const key = { 'Idempotency-Key': 'secret_key', Authorization: 'Bearer secret_token' };
    const outcomes: readonly PaymentOutcome[] = [
      APPROVED,
      { kind: 'declined', message: 'card of secret_user declined' },
      { kind: 'refused', message: 'no secret_user here' },
      NOT_SENT,
      UNKNOWN,
    ];
    for (const outcome of outcomes) {
      service.payment(outcome);
      await service.post(request);
    }
    await service.post(request, key);
    await service.post({ ...request, amount: 98765.44 }, key);
    await service.post({ ...request, currency: 'secret_currency', amount: -98765.43 });
    await service.post('{"user_id":"secret_user", secret_json');
    await service.request('/reservations/secret_user?token=secret_token', {
      headers: { 'User-Agent': 'secret_agent' },
    });
    service.payment(() => Promise.reject(new Error('a bug')));
    await service.post(request);
    await service.server.stop();
    const requests = log.lines().filter(({ msg }) => msg === 'request');
    expect(requests.map(({ status }) => status)).toEqual([200, 200, 200, 503, 202, 202, 422, 422, 422, 404, 202]);
    expect(log.lines().length).toBeGreaterThan(requests.length);
    expect(JSON.stringify(log.lines())).not.toMatch(/secret|98765/);
  });

  test('a client that goes away once it was told that its body is too large had its answer', async () => {
    const log = memoryLog();
    const service = await startService({ logger: log.logger });
    const socket = connect(service.server.port, '127.0.0.1');
    socket.write('POST /reservations HTTP/1.1\r\nHost: x\r\nX-Request-Id: r1\r\nContent-Length: 9999999\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await vi.waitFor(() => expect(log.lines()).toMatchObject([{ request_id: 'r1', status: 413 }]), PATIENCE);
  });

  test('a client that resets its connection is in the log with its reservation, and its payment goes on', async () => {
    const log = memoryLog();
    const service = await startService({ logger: log.logger });
    const charging = deferred<void>();
    const verdict = deferred<PaymentOutcome>();
    service.payment(() => {
      charging.resolve();
      return verdict.promise;
    });
    const body = JSON.stringify(REQUEST);
    const head = `POST /reservations HTTP/1.1\r\nHost: x\r\nX-Request-Id: r1\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = connect(service.server.port, '127.0.0.1');
    socket.write(head + body);
    await charging.promise;
    socket.resetAndDestroy();
    // When a later connection is answered, the end of the earlier one was noticed.
    await service.request('/health/live');
    verdict.resolve(APPROVED);
    const lines = (): unknown => log.lines().filter(({ route }) => route === '/reservations');
    await vi.waitFor(() => expect(lines()).not.toEqual([]), PATIENCE);
    const events = await service.store.events.readAll({ after: 0, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
    expect(lines()).toMatchObject([{ request_id: 'r1', status: 499, reservation_id: events[0]?.stream }]);
  });
});
