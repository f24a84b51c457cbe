import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ProcessState } from './monitored.ts';
import type { Sampler, StoreSamples } from './sampler.ts';
import { createStatusReport } from './status.ts';

const START = new Date('2026-01-01T00:00:00.000Z');

beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const NONE = { count: 0, oldestAtMs: null };

function good(): StoreSamples {
  const atMs = performance.now();
  return {
    writable: { value: true, atMs, fault: null },
    openPayments: { value: { processing: NONE, unresolved: NONE, escalated: NONE }, atMs, fault: null },
    subscriptions: { value: [], atMs, fault: null },
  };
}

/** A report over values that the test sets. */
function report(): {
  readonly read: () => ReturnType<ReturnType<typeof createStatusReport>['read']>;
  samples: StoreSamples;
  breaker: 'closed' | 'open' | 'half-open';
} {
  const values = { samples: good(), breaker: 'closed' as 'closed' | 'open' | 'half-open' };
  const state: ProcessState = {
    breakerState: () => values.breaker,
    certificate: () => null,
    connection: () => 'ready',
    chargeLoad: () => ({ running: 1, runningMax: 2, queued: 0, queuedMax: 3 }),
    storeResources: () => ({ kind: 'sqlite', databaseBytes: 0, walBytes: 0 }),
    logLinesLost: () => 0,
  };
  const sampler: Sampler = {
    latest: () => values.samples,
    failures: () => 0,
    start: () => undefined,
    stop: () => Promise.resolve(),
  };
  const { read } = createStatusReport(state, sampler);
  return Object.assign(values, { read });
}

test('a server whose components are as they should be is ok', () => {
  const since = START.toISOString();
  expect(report().read()).toEqual({
    status: 'ok',
    components: {
      store: { state: 'writable', since, sample_age_ms: 0 },
      payment_service: {
        state: 'closed',
        since,
        sample_age_ms: 0,
        connection: 'ready',
        running: 1,
        running_max: 2,
        queued: 0,
        queued_max: 3,
      },
      open_payments: {
        state: 'none',
        since,
        sample_age_ms: 0,
        processing: 0,
        unresolved: 0,
        escalated: 0,
        oldest_age_seconds: 0,
      },
      subscriptions: { state: 'none', since, sample_age_ms: 0, subscriptions: [] },
    },
  });
});

test('a state lasts since it was first seen, and another one begins anew', () => {
  const values = report();
  values.read();
  vi.advanceTimersByTime(10_000);
  values.breaker = 'open';
  expect(values.read().components.payment_service).toMatchObject({ state: 'open', since: '2026-01-01T00:00:10.000Z' });
  vi.advanceTimersByTime(5_000);
  const { status, components } = values.read();
  expect(status).toBe('degraded');
  expect(components.payment_service.since).toBe('2026-01-01T00:00:10.000Z');
  expect(components.store).toMatchObject({ since: START.toISOString(), sample_age_ms: 15_000 });
});

test.each([
  [
    'a store that cannot be written',
    { writable: { value: true, atMs: 0, fault: 'disk full' } },
    'store',
    'not-writable',
  ],
  [
    'an escalated payment',
    {
      openPayments: {
        value: { processing: NONE, unresolved: NONE, escalated: { count: 1, oldestAtMs: 0 } },
        atMs: 0,
        fault: null,
      },
    },
    'open_payments',
    'escalated',
  ],
  [
    'a stopped subscription',
    { subscriptions: { value: [{ name: 'mails', lagEvents: 3, isStopped: true }], atMs: 0, fault: null } },
    'subscriptions',
    'stopped',
  ],
  [
    'a sample that was never taken',
    { openPayments: { value: null, atMs: null, fault: null } },
    'open_payments',
    'unknown',
  ],
] as const)('%s is degraded', (_, changed, component, state) => {
  const values = report();
  const atMs = performance.now();
  const now = Object.fromEntries(
    Object.entries(changed).map(([name, sample]) => [name, { ...sample, atMs: sample.atMs === null ? null : atMs }]),
  );
  values.samples = { ...good(), ...now };
  const { status, components } = values.read();
  expect([status, components[component].state]).toEqual(['degraded', state]);
});

test('open payments that settle are ok, with the age of the oldest', () => {
  const values = report();
  const open = { processing: { count: 2, oldestAtMs: Date.now() - 7_000 }, unresolved: NONE, escalated: NONE };
  values.samples = { ...good(), openPayments: { value: open, atMs: performance.now(), fault: null } };
  const { status, components } = values.read();
  expect(status).toBe('ok');
  expect(components.open_payments).toMatchObject({ state: 'settling', processing: 2, oldest_age_seconds: 7 });
});

test('a sample that is too old says nothing about now', () => {
  const values = report();
  vi.advanceTimersByTime(30_001);
  expect(values.read().components.store).toMatchObject({ state: 'unknown', sample_age_ms: 30_001 });
});
