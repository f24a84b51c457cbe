import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { type MetricDefinition, METRICS } from './catalog.ts';

type Catalog = typeof METRICS;

type Instrument<Definition extends MetricDefinition> = Definition['type'] extends 'counter'
  ? Counter<Definition['labels'][number]>
  : Definition['type'] extends 'gauge'
    ? Gauge<Definition['labels'][number]>
    : Histogram<Definition['labels'][number]>;

/** One instrument for each metric of the catalog, with its labels in the type. */
export type Instruments = { readonly [Name in keyof Catalog]: Instrument<Catalog[Name]> };

/** Makes the instruments of the catalog in a registry of their own. */
export function createInstruments(): { readonly registry: Registry; readonly instruments: Instruments } {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const made = Object.entries<MetricDefinition>(METRICS).map(([key, definition]) => [key, make(definition, registry)]);
  return { registry, instruments: Object.fromEntries(made) as Instruments };
}

function make({ name, type, help, labels, buckets }: MetricDefinition, registry: Registry): unknown {
  const common = { name, help, labelNames: labels, registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
  }
}
