import type { Observation } from '@reservations/core';
import { expect, test } from 'vitest';
import type { EndedRequest } from '../requests.ts';
import type { ProcessState } from '../state/monitored.ts';
import type { Sampler, StoreSamples } from '../state/sampler.ts';
import { type MetricDefinition, METRICS } from './catalog.ts';
import { createMetrics } from './metrics.ts';

const ID = 'RES-019b0000-0000-7000-8000-000000000001' as never;

const STATE: ProcessState = {
  breakerState: () => 'half-open',
  connection: () => 'ready',
  chargeLoad: () => ({ running: 3, runningMax: 256, queued: 1, queuedMax: 512 }),
  certificate: () => ({ expiresAtMs: 1_900_000_000_500, fault: null }),
  storeResources: () => ({ kind: 'postgres', inUse: 2, idle: 4, waiting: 7, max: 10 }),
  logLinesLost: () => 9,
};

function sampler(samples: Partial<StoreSamples> = {}, failures = 0): Sampler {
  const never = { value: null, atMs: null, fault: null };
  const latest = { writable: never, openPayments: never, subscriptions: never, ...samples };
  return {
    latest: () => latest,
    failures: () => failures,
    start: () => undefined,
    stop: () => Promise.resolve(),
  };
}

/** Series by name and labels, as in the text. */
async function series(
  metrics: ReturnType<typeof createMetrics>,
  { state = STATE, samples = {} }: { readonly state?: ProcessState; readonly samples?: Partial<StoreSamples> } = {},
): Promise<ReadonlyMap<string, number>> {
  const text = await metrics.expose(state, sampler(samples, 2));
  expect(text.endsWith('# EOF\n')).toBe(true);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('observations of engine, gateway and store are counted', async () => {
  const metrics = createMetrics('1.2.3');
  const notSent = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' } as const;
  const observations: readonly Observation[] = [
    { kind: 'attempt-ended', reservationId: ID, outcome: notSent, durationMs: 20 },
    { kind: 'attempt-ended', reservationId: ID, outcome: { kind: 'declined', message: 'no' }, durationMs: 20 },
    {
      kind: 'charge-ended',
      reservationId: ID,
      outcome: { kind: 'declined', message: '' },
      by: 'request',
      durationMs: 40,
    },
    {
      kind: 'appends-committed',
      appends: 10,
      events: 12,
      replays: 1,
      conflicts: 2,
      keysTaken: 3,
      leasesLost: 1,
      waitMs: 2,
      durationMs: 3,
    },
    { kind: 'settlement-looked', taken: 0 },
    { kind: 'settlement-looked', taken: 4 },
    { kind: 'settlement-fault', reservationId: null, error: new Error('away') },
    { kind: 'settlement-fault', reservationId: ID, error: new Error('one payment') },
    { kind: 'payment-escalated', reservationId: ID, reason: 'settlement-gave-up', detail: '' },
    { kind: 'store-alarm', alarm: 'unsuitable-settings', raised: true, detail: '' },
    { kind: 'store-alarm', alarm: 'asynchronous-replication', raised: true, detail: '' },
    { kind: 'store-alarm', alarm: 'asynchronous-replication', raised: false, detail: '' },
  ];
  for (const observation of observations) metrics.observer(observation);
  const found = await series(metrics);
  expect(Object.fromEntries(found)).toMatchObject({
    'reservations_payment_attempts_total{outcome="not-sent",cause="no-connection"}': 1,
    'reservations_payment_attempts_total{outcome="declined",cause=""}': 1,
    'reservations_payment_attempt_duration_seconds_sum{outcome="not-sent"}': 0.02,
    'reservations_charges_total{by="request",outcome="declined"}': 1,
    'reservations_charge_duration_seconds_sum{by="request",outcome="declined"}': 0.04,
    'reservations_appends_total{result="committed"}': 3,
    'reservations_appends_total{result="replayed"}': 1,
    'reservations_appends_total{result="conflict"}': 2,
    'reservations_appends_total{result="key-taken"}': 3,
    'reservations_appends_total{result="lease-lost"}': 1,
    reservations_events_appended_total: 12,
    reservations_append_group_size_sum: 10,
    reservations_append_wait_seconds_sum: 0.002,
    reservations_commit_duration_seconds_sum: 0.003,
    'reservations_settlement_runs_total{result="idle"}': 1,
    'reservations_settlement_runs_total{result="worked"}': 1,
    'reservations_settlement_runs_total{result="failed"}': 1,
    reservations_settlement_payments_total: 4,
    'reservations_alarms_total{kind="payment-escalated"}': 1,
    'reservations_alarms_total{kind="store-alarm"}': 2,
    'reservations_store_alarm{alarm="unsuitable-settings"}': 1,
    'reservations_store_alarm{alarm="asynchronous-replication"}': 0,
  });
  expect([...found.keys()].filter((name) => name.includes('RES-'))).toEqual([]);
});

test('requests are counted by route and status; a made-up method or path has no series of its own', async () => {
  const metrics = createMetrics('1.2.3');
  const request: EndedRequest = {
    method: 'POST',
    route: '/reservations',
    status: 200,
    durationMs: 30,
    knownKey: null,
    refusal: null,
    isOverloaded: false,
    limitedBy: null,
  };
  for (let begun = 0; begun < 7; begun += 1) metrics.requests.begun();
  metrics.requests.streams(3, 2_000);
  metrics.requests.connections(5, 10_000);
  metrics.requests.connectionRefused();
  metrics.requests.streamRefused('revoked');
  metrics.requests.ended(request);
  metrics.requests.ended({ ...request, knownKey: 'replayed' });
  metrics.requests.ended({ ...request, method: 'PROPFIND', route: null, status: 404 });
  metrics.requests.ended({ ...request, status: 503, isOverloaded: true });
  metrics.requests.ended({ ...request, method: 'GET', status: 503, isOverloaded: true });
  metrics.requests.ended({ ...request, status: 429, limitedBy: 'address' });
  expect(Object.fromEntries(await series(metrics))).toMatchObject({
    'reservations_overload_refusals_total{reason="charges"}': 1,
    'reservations_overload_refusals_total{reason="reads"}': 1,
    'reservations_rate_limit_refusals_total{by="address"}': 1,
    'reservations_http_request_duration_seconds_count{method="POST",route="/reservations",status="200"}': 2,
    'reservations_http_request_duration_seconds_sum{method="POST",route="/reservations",status="200"}': 0.06,
    'reservations_http_request_duration_seconds_count{method="other",route="none",status="404"}': 1,
    reservations_http_requests_in_flight: 1,
    'reservations_authentication_refusals_total{reason="revoked"}': 1,
    reservations_http_connections: 5,
    reservations_http_connections_max: 10_000,
    reservations_http_connections_refused_total: 1,
    reservations_event_streams: 3,
    reservations_event_streams_max: 2_000,
    'reservations_idempotent_answers_total{result="replayed"}': 1,
  });
});

test('state is read at each scrape, and a value that was never read is absent', async () => {
  const metrics = createMetrics('1.2.3');
  const found = await series(metrics);
  expect(Object.fromEntries(found)).toMatchObject({
    'reservations_payment_breaker_state{state="closed"}': 0,
    'reservations_payment_breaker_state{state="half-open"}': 1,
    'reservations_payment_breaker_state{state="open"}': 0,
    reservations_payment_bulkhead_running: 3,
    reservations_payment_bulkhead_running_max: 256,
    reservations_payment_bulkhead_queued: 1,
    reservations_payment_bulkhead_queued_max: 512,
    'reservations_postgres_pool_connections{state="in-use"}': 2,
    'reservations_postgres_pool_connections{state="idle"}': 4,
    reservations_postgres_pool_waiting: 7,
    reservations_postgres_pool_max: 10,
    reservations_log_lines_lost_total: 9,
    reservations_sample_failures_total: 2,
    [`reservations_build_info{version="1.2.3",node="${process.versions.node}"}`]: 1,
  });
  const unread = ['open_payments', 'oldest_open', 'subscription_', 'sqlite_', 'store_writable', 'sample_age'].map(
    (name) => `reservations_${name}`,
  );
  expect([...found.keys()].filter((name) => unread.some((prefix) => name.startsWith(prefix)))).toEqual([]);
});

test('a store on SQLite has no pool, and one that was sampled tells whether it can be written', async () => {
  const metrics = createMetrics('1.2.3');
  const state: ProcessState = {
    ...STATE,
    storeResources: () => ({ kind: 'sqlite', databaseBytes: 4_096, walBytes: 32 }),
  };
  const writable = { value: true, atMs: performance.now(), fault: 'disk full' } as const;
  const found = await series(metrics, { state, samples: { writable } });
  expect([...found.keys()].filter((name) => name.includes('pool'))).toEqual([]);
  expect(found.get('reservations_sqlite_file_bytes{file="wal"}')).toBe(32);
  expect(found.get('reservations_store_writable')).toBe(0);
});

test('the age of the oldest open payment grows on with the time since the sample', async () => {
  const metrics = createMetrics('1.2.3');
  const none = { count: 0, oldestAtMs: null };
  const openPayments = {
    value: { processing: none, unresolved: { count: 2, oldestAtMs: Date.now() - 90_000 }, escalated: none },
    atMs: performance.now() - 60_000,
    fault: 'the store is away',
  };
  const found = await series(metrics, { samples: { openPayments } });
  expect(found.get('reservations_open_payments{stage="unresolved"}')).toBe(2);
  expect(found.get('reservations_oldest_open_payment_age_seconds{stage="unresolved"}')).toBeGreaterThanOrEqual(90);
  expect(found.get('reservations_oldest_open_payment_age_seconds{stage="escalated"}')).toBe(0);
  expect(found.get('reservations_sample_age_seconds')).toBeGreaterThanOrEqual(60);
});

test('a subscription that is gone leaves no series behind', async () => {
  const metrics = createMetrics('1.2.3');
  const sampled = (name: string): Partial<StoreSamples> => ({
    subscriptions: { value: [{ name, lagEvents: 5, isStopped: true }], atMs: performance.now(), fault: null },
  });
  await series(metrics, { samples: sampled('mails') });
  const found = await series(metrics, { samples: sampled('exports') });
  expect([...found].filter(([name]) => name.includes('subscription'))).toEqual([
    ['reservations_subscription_lag_events{subscription="exports"}', 5],
    ['reservations_subscription_stopped{subscription="exports"}', 1],
  ]);
});

test('every metric of the catalog is served, with its help and type', async () => {
  const text = await createMetrics('1.2.3').expose(STATE, sampler());
  for (const { name, type, help } of Object.values<MetricDefinition>({ ...METRICS })) {
    const family = name.replace(/_total$/, '');
    expect(text).toContain(`# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`);
  }
});
