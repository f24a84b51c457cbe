import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config/config.ts';
import { SERVER_SETTINGS } from './drivers.ts';
import { startService } from './service.ts';

async function start(...args: readonly string[]) {
  const flags = ['--sandbox', '--port', '0', '--log-level', 'silent', ...args];
  const read = readConfig(SERVER_SETTINGS, { args: flags, env: {} });
  if (read.kind === 'faults') throw new Error(read.faults.join('\n'));
  const service = await startService(read.values);
  onTestFinished(() => service.stop());
  return service;
}

const BODY = JSON.stringify({ user_id: 'user_of_this_test', amount: 10.5, currency: 'EUR' });

test('a reservation is seen in the metrics of its server, from the request to the commit', async () => {
  const { url, metricsUrl } = await start('--metrics-port', '0');
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'k-1' };
  const created = await fetch(`${url}/reservations`, { method: 'POST', headers, body: BODY });
  const { reservation_id: id } = (await created.json()) as { readonly reservation_id: string };
  await fetch(`${url}/reservations`, { method: 'POST', headers, body: BODY });
  await fetch(`${url}/reservations/${id}`);
  await fetch(`${url}/reservations/${id}/made-up`);
  const expected = [
    'reservations_http_request_duration_seconds_count{method="POST",route="/reservations",status="200"} 2',
    'reservations_http_request_duration_seconds_count{method="GET",route="/reservations/:reservation_id",status="200"} 1',
    'reservations_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    'reservations_idempotent_answers_total{result="replayed"} 1',
    'reservations_payment_attempts_total{outcome="approved",cause=""} 1',
    'reservations_charges_total{by="request",outcome="approved"} 1',
    'reservations_events_appended_total 2',
    'reservations_appends_total{result="committed"} 2',
    'reservations_payment_breaker_state{state="closed"} 1',
    'reservations_open_payments{stage="processing"} 0',
    'reservations_oldest_open_payment_age_seconds{stage="unresolved"} 0',
    'reservations_store_writable 1',
    'reservations_sqlite_file_bytes{file="wal"} 0',
    'nodejs_eventloop_lag_p99_seconds ',
    'process_resident_memory_bytes ',
  ];
  await vi.waitFor(async () => {
    const answer = await fetch(metricsUrl ?? '');
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    const text = await answer.text();
    expect(expected.filter((line) => !text.includes(`\n${line}`))).toEqual([]);
    expect(text).not.toContain(id);
    expect(text).not.toContain('user_of_this_test');
    expect(text).not.toContain('made-up');
  }, 10_000);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

test('the status of a server tells of its store, its payment service and its open payments', async () => {
  const { url } = await start();
  await vi.waitFor(async () => {
    const answer = await fetch(`${url}/health/status`);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      components: {
        store: { state: 'writable' },
        payment_service: { state: 'closed', connection: 'idle', running: 0 },
        open_payments: { state: 'none', oldest_age_seconds: 0 },
        subscriptions: { state: 'none' },
      },
    });
  }, 10_000);
});

test('a port for metrics that is in use ends the start, and leaves nothing open', async () => {
  const { metricsUrl } = await start('--metrics-port', '0');
  const { port } = new URL(metricsUrl ?? '');
  await expect(start('--metrics-port', port)).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is in use`);
});
