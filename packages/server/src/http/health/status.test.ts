import { expect, test } from 'vitest';
import type { ServerStatus } from '../../observe/state/status.ts';
import { startService } from '../service-fixture.ts';

const SINCE = '2026-11-26T12:00:00.000Z';
const UNKNOWN = { state: 'unknown', since: SINCE, sample_age_ms: null };
const STATUS: ServerStatus = {
  status: 'degraded',
  components: { store: UNKNOWN, payment_service: UNKNOWN, open_payments: UNKNOWN, subscriptions: UNKNOWN },
};

const status = (access: 'off' | 'loopback' | 'on') => ({ access, read: () => STATUS });

test('the status is answered to this machine', async () => {
  const service = await startService({ status: status('loopback'), host: '::ffff:127.0.0.1' });
  const answer = await service.request('/health/status');
  expect([answer.status, answer.body]).toEqual([200, STATUS]);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
});

test.each(['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'Via'])(
  'a request that a proxy on this machine passes on, which %s shows, is not from this machine',
  async (header) => {
    const headers = { [header]: '192.0.2.1' };
    const service = await startService({ status: status('loopback') });
    expect((await service.request('/health/status', { headers })).status).toBe(404);
    const open = await startService({ status: status('on') });
    expect((await open.request('/health/status', { headers })).status).toBe(200);
  },
);

test('a status that is off is not found', async () => {
  const service = await startService({ status: status('off') });
  expect((await service.request('/health/status')).status).toBe(404);
  const without = await startService();
  expect((await without.request('/health/status')).status).toBe(404);
});

test('pages of no origin may read the status', async () => {
  const service = await startService({ status: status('on'), corsOrigins: '*' });
  const { headers } = await service.request('/health/status', { headers: { Origin: 'https://example.com' } });
  expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
  expect((await service.request('/health/live')).headers.get('Access-Control-Allow-Origin')).toBe('*');
});

test('the status is answered while the server drains', async () => {
  const service = await startService({ status: status('on'), drainDelayMs: 500 });
  const stopped = service.server.stop();
  expect((await service.request('/health/status')).status).toBe(200);
  await stopped;
});
