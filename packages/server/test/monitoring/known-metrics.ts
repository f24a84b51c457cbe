import type { Observation, PaymentOutcome, StoreAlarm } from '@reservations/core';
import type { BreakerState } from '@reservations/core/grpc';
import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import { type MetricDefinition, METRICS } from '../../src/observe/metrics/catalog.ts';
import { REFUSALS } from '../../src/observe/requests.ts';
import { OPEN_STAGES } from '../../src/observe/state/sample.ts';

/** Labels that Prometheus itself adds to every time series; "namespace" in Kubernetes alone. */
export const TARGET_LABELS: readonly string[] = ['namespace', 'job', 'instance'];

/** Returns the labels of a time series, without those of the target; undefined when there is no such metric. */
export function labelsOf(series: string): readonly string[] | undefined {
  return LABELS.get(series);
}

const LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['up', []],
  ...Object.values<MetricDefinition>({ ...METRICS }).flatMap(seriesOf),
  ...processMetrics().flatMap(seriesOf),
]);

/** The names under which a metric is stored: a histogram has three. */
function seriesOf({ name, type, labels }: MetricDefinition): readonly (readonly [string, readonly string[]])[] {
  if (type !== 'histogram') return [[name, labels]];
  return [
    [`${name}_bucket`, [...labels, 'le']],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ];
}

/** The metrics of the process, as the server collects them. */
function processMetrics(): readonly MetricDefinition[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    help: metric.help,
    type: metric.type === 'histogram' ? 'histogram' : 'gauge',
    labels: [],
  }));
}

/** Values of a label whose values are words of the engine. */
export const LABEL_VALUES: Readonly<Record<string, readonly string[]>> = {
  stage: OPEN_STAGES,
  state: ['closed', 'half-open', 'open'] satisfies readonly BreakerState[],
  outcome: ['approved', 'declined', 'refused', 'not-sent', 'unknown'] satisfies readonly PaymentOutcome['kind'][],
  by: ['request', 'settlement'] satisfies readonly Extract<Observation, { kind: 'charge-ended' }>['by'][],
  cause: [''],
  reason: [...REFUSALS, 'charges', 'reads'],
  alarm: ['asynchronous-replication', 'unsuitable-settings', 'log-lost-its-end'] satisfies readonly StoreAlarm[],
  kind: [
    'contradiction',
    'payment-certificates',
    'payment-escalated',
    'payment-misconfigured',
    'store-alarm',
    'subscription-skipped',
    'subscription-stopped',
  ] satisfies readonly Observation['kind'][],
  result: ['idle', 'worked', 'failed'],
  file: ['database', 'wal'],
  method: ['GET', 'POST'],
};
