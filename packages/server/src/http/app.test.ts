import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReservationError } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryLog } from '../observe/memory-log-fixture.ts';
import { NOT_SENT, startService } from './service-fixture.ts';
import { createApp } from './app.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };
const PROBLEM = { Accept: 'application/problem+json' };

describe('root and health', () => {
  test('the root greets and says where things are', async () => {
    const service = await startService();
    const { status, body } = await service.request('/');
    const links = {
      reservations: '/reservations',
      health_live: '/health/live',
      health_ready: '/health/ready',
      openapi: '/openapi.json',
      docs: '/docs',
    };
    expect([status, body]).toEqual([200, { message: 'Reservation Service API', links }]);
  });

  test('a running server is alive and ready', async () => {
    const service = await startService();
    const live = await service.request('/health/live');
    const ready = await service.request('/health/ready');
    expect([live.status, live.body, ready.status, ready.body]).toEqual([
      200,
      { status: 'alive' },
      200,
      { status: 'ready' },
    ]);
  });

  test('a payment service that is away changes nothing about readiness', async () => {
    const service = await startService();
    service.payment(NOT_SENT);
    expect((await service.post(REQUEST)).status).toBe(503);
    expect((await service.request('/health/ready')).status).toBe(200);
  });

  test('a store that cannot be written makes the server unavailable, yet alive', async () => {
    const checkWritable = (): Promise<void> => Promise.reject(new ReservationError('STORE_UNAVAILABLE', 'disk full'));
    const { logger, lines } = memoryLog();
    const service = await startService({ store: { ...createMemoryStore(), checkWritable }, logger });
    const ready = await service.request('/health/ready');
    expect([ready.status, ready.body]).toEqual([503, { status: 'unavailable' }]);
    expect((await service.request('/health/live')).status).toBe(200);
    expect(lines().filter(({ kind }) => kind === 'store-not-writable')).toMatchObject([
      { level: 50, msg: 'the store cannot be written: not ready', err: { message: 'disk full' } },
    ]);
  });

  test.each(['starting', 'draining'] as const)('a server that is %s is not ready', async (state) => {
    const store = createMemoryStore();
    const reservations = {
      create: () => Promise.reject(new Error('unused')),
      get: () => Promise.resolve(null),
      history: () => Promise.resolve(null),
      list: () => Promise.reject(new Error('not asked for')),
      isOverloaded: () => false,
    };
    const handle = createApp({ reservations, store, state: () => state }).callback();
    const server = createServer((request, response) => void handle(request, response));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { status: state }]);
  });
});

describe('faults', () => {
  test.each([
    ['STORE_UNAVAILABLE', 503, 'store_unavailable', '1'],
    ['STORE_UNSUITABLE', 503, 'store_unavailable', '1'],
    ['STORE_CLOSED', 503, 'store_unavailable', '1'],
    ['TOO_MANY_CONFLICTS', 503, 'store_unavailable', '1'],
    ['STORE_NEWER', 503, 'store_newer', '1'],
    ['STOPPED', 503, 'shutting_down', '1'],
    ['STORE_CORRUPT', 500, 'internal_error', null],
  ] as const)('a fault %s is answered as %i %s, without what is inside', async (fault, status, code, retryAfter) => {
    const store = createMemoryStore();
    const find = (): Promise<never> => Promise.reject(new ReservationError(fault, 'secret path /var/db'));
    const log = memoryLog();
    const service = await startService({ store: { ...store, view: { ...store.view, find } }, logger: log.logger });
    const path = '/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4';
    const answer = await service.request(path);
    expect([answer.status, answer.body['code'], answer.headers.get('retry-after')]).toEqual([status, code, retryAfter]);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    await service.server.stop();
    expect(log.lines()).toMatchObject([{ status, err: { message: 'secret path /var/db' } }]);
  });

  test('a bug is a 500 in the shape of all errors, and the server goes on', async () => {
    const store = createMemoryStore();
    const find = (): Promise<never> => Promise.reject(new TypeError('undefined is not a function'));
    const service = await startService({ store: { ...store, view: { ...store.view, find } } });
    const path = '/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4';
    const answer = await service.request(path, { headers: { 'X-Request-Id': 'r' } });
    expect([answer.status, answer.body]).toEqual([
      500,
      {
        detail: 'Internal Server Error',
        type: 'urn:reservations:problem:internal_error',
        title: 'Internal Server Error',
        status: 500,
        instance: path,
        code: 'internal_error',
        request_id: 'r',
      },
    ]);
    expect((await service.post(REQUEST)).status).toBe(200);
  });
});

describe('application/problem+json', () => {
  test('faults of a body stand under "errors"', async () => {
    const service = await startService();
    const answer = await service.post({ amount: 0 }, { ...PROBLEM, 'X-Request-Id': 'r' });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, answer.body]).toEqual([
      422,
      {
        type: 'urn:reservations:problem:validation_failed',
        title: 'Validation Failed',
        status: 422,
        detail: 'body.user_id: Field required; body.amount: Input should be greater than 0',
        instance: '/reservations',
        code: 'validation_failed',
        request_id: 'r',
        errors: [
          { loc: ['body', 'user_id'], msg: 'Field required', type: 'missing' },
          { loc: ['body', 'amount'], msg: 'Input should be greater than 0', type: 'greater_than' },
        ],
      },
    ]);
  });

  test('the reservation of a failed payment has members of its own', async () => {
    const service = await startService();
    service.payment(NOT_SENT);
    const answer = await service.post(REQUEST, { Accept: 'application/json, application/problem+json;q=0.5' });
    expect(answer.body).toEqual({
      type: 'urn:reservations:problem:payment_unavailable',
      title: 'Payment Service Unavailable',
      status: 503,
      detail: 'Payment service temporarily unavailable. Nothing was charged; please try again later.',
      instance: '/reservations',
      code: 'payment_unavailable',
      request_id: answer.headers.get('x-request-id'),
      reservation_id: answer.headers.get('location')?.slice('/reservations/'.length),
      reservation_status: 'RESERVATION_FAILED',
    });
  });

  test.each(['*/*', 'application/*', 'application/json', 'application/problem+json;q=0', ''])(
    'Accept %j gets the default body',
    async (accept) => {
      const service = await startService();
      const answer = await service.request('/nowhere', { headers: { Accept: accept } });
      expect([answer.headers.get('content-type'), answer.body['detail']]).toEqual(['application/json', 'Not Found']);
    },
  );

  test('what is no error stays plain JSON', async () => {
    const service = await startService();
    const answer = await service.post(REQUEST, PROBLEM);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});
