import { collectDefaultMetrics } from '@prometheus-io/client';
import type { Observer } from '@reservations/core';
import { REFUSALS, type RequestMeter } from '../requests.ts';
import type { ProcessState } from '../state/monitored.ts';
import type { Sampler } from '../state/sampler.ts';
import { metricsObserver } from './engine-metrics.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { recordState } from './state-metrics.ts';

/** The metrics of one server. */
export interface Metrics {
  /** Counts what engine, gateway and store report. */
  readonly observer: Observer;
  /** Counts requests. */
  readonly requests: RequestMeter;
  /** Media type of {@link expose}. */
  readonly contentType: string;
  /** Returns all metrics in OpenMetrics text. Never waits for the store. */
  expose(state: ProcessState, sampler: Sampler): Promise<string>;
}

/** Makes metrics in a registry of their own, with those of the process: event-loop delay, garbage collection, memory. */
export function createMetrics(version: string): Metrics {
  const { registry, instruments } = createInstruments();
  collectDefaultMetrics({ register: registry });
  instruments.buildInfo.set({ version, node: process.versions.node }, 1);
  return {
    observer: metricsObserver(instruments),
    requests: requestMeter(instruments),
    contentType: registry.contentType,
    expose(state, sampler) {
      recordState(instruments, state, sampler);
      return registry.metrics();
    },
  };
}

const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Labels are bounded: a method or path that the client made up has no series of its own. */
function requestMeter(instruments: Instruments): RequestMeter {
  const {
    httpRequestDuration,
    httpRequestsInFlight,
    httpConnections,
    httpConnectionsMax,
    httpConnectionsRefused,
    eventStreams,
    eventStreamsMax,
    idempotentAnswers,
    authenticationRefusals,
    overloadRefusals,
    rateLimitRefusals,
  } = instruments;
  // A rate is known from the first one on, and not from the second.
  for (const reason of REFUSALS) authenticationRefusals.inc({ reason }, 0);
  return {
    begun: () => httpRequestsInFlight.inc(),
    ended({ method, route, status, durationMs, knownKey, refusal, isOverloaded, limitedBy }) {
      httpRequestsInFlight.dec();
      const labels = { method: METHODS.has(method) ? method : 'other', route: route ?? 'none', status };
      httpRequestDuration.observe(labels, durationMs / 1_000);
      if (knownKey !== null) idempotentAnswers.inc({ result: knownKey });
      if (refusal !== null) authenticationRefusals.inc({ reason: refusal });
      if (isOverloaded) overloadRefusals.inc({ reason: method === 'POST' ? 'charges' : 'reads' });
      if (limitedBy !== null) rateLimitRefusals.inc({ by: limitedBy });
    },
    connections(open, max) {
      httpConnections.set(open);
      httpConnectionsMax.set(max);
    },
    connectionRefused: () => httpConnectionsRefused.inc(),
    streamRefused: (reason) => authenticationRefusals.inc({ reason }),
    streams(open, max) {
      eventStreams.set(open);
      eventStreamsMax.set(max);
    },
  };
}
