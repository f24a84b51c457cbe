import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { type MetricCatalog, type MetricDefinition, METRICS } from './catalog.ts';

type Instrument<Definition> =
  Definition extends MetricDefinition<infer Type, infer Label>
    ? Type extends 'counter'
      ? Counter<Label>
      : Type extends 'gauge'
        ? Gauge<Label>
        : Histogram<Label>
    : never;

/** One instrument for each metric of the catalog, with its labels in the type. */
export type Instruments = { readonly [Name in keyof MetricCatalog]: Instrument<MetricCatalog[Name]> };

/** Makes the instruments of the catalog in a registry of their own. */
export function createInstruments(): { readonly registry: Registry; readonly instruments: Instruments } {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const made = Object.entries<MetricDefinition>({ ...METRICS }).map(([key, definition]) => [
    key,
    make(definition, registry),
  ]);
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
